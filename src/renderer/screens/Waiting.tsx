import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';

/** Nothing of anybody is on this screen. */
export function Waiting({ title, body }: { title: string; body: string }) {
  return (
    <>
      <TopBar />
      <Screen windowTitle={title} heading={title}>
        <p role="status">{body}</p>
      </Screen>
    </>
  );
}
