import type { PracticeView, Standing } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { HealthList } from '../health/HealthList.tsx';
import { SiteCheck } from '../health/SiteCheck.tsx';
import { SupportBundle } from '../health/SupportBundle.tsx';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SupportContact } from '../parts/SupportContact.tsx';
import { Updates } from '../parts/Updates.tsx';
import { useAsk } from '../parts/useAsk.ts';
import { useNow } from '../parts/useNow.ts';
import { Waited } from '../parts/Waited.tsx';
import { computer as text } from '../text/health.ts';

interface Props {
  /** Absent where no site file says whom to ask. */
  practice?: PracticeView | undefined;
  /** Absent where nobody is in. What it says above this screen and what was found below must not be of two moments. */
  standing?: Standing | undefined;
  /** Absent where the screen's own bar leads on. */
  onBack?: (() => void) | undefined;
}

/** What of a standing is found here too. */
const followed = ({ online, lastSync, leaseEnds, problem, queued, setAside, unsent, refused }: Standing): string => JSON.stringify([online, lastSync, leaseEnds, problem?.code, queued, setAside, unsent, refused]);

/** How this computer stands. A section each, of which none holds anything of a patient or a person. */
export function HealthScreen({ practice, standing, onBack }: Props) {
  const { value, problem, reload } = useAsk(() => door.health(), '', standing && followed(standing));
  const now = useNow(15_000);
  return (
    <Screen windowTitle={text.title} heading={text.title} before={onBack && <BackButton onPress={onBack}>{text.back}</BackButton>}>
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload} loading={text.loading}>{(health) => <HealthList health={health} now={now} />}</Waited>
      <Button look="secondary" small onClick={reload}>{text.again}</Button>
      <p role="status" className="vr-secondary">{value && text.looked(value.at)}</p>
      <Updates />
      {/* Not before the list above has its length: a button that moves away is pressed beside. */}
      {(value ?? problem) && (
        <>
          <SiteCheck />
          <SupportBundle />
        </>
      )}
      {practice && (
        <section aria-labelledby="help">
          <h2 className="nhsuk-heading-m vr-section-title" id="help">{text.help}</h2>
          <SupportContact practice={practice} />
        </section>
      )}
    </Screen>
  );
}
