import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { starting } from '../text/start.ts';

export function Starting() {
  return (
    <>
      <TopBar />
      <Screen windowTitle={starting.title} heading={starting.title}>
        <p role="status">{starting.body}</p>
      </Screen>
    </>
  );
}
