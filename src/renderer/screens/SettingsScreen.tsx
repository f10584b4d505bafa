import type { AppState } from '../../preload/contract.ts';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Radios, SelectField, Tick } from '../parts/fields.tsx';
import { OnlyAsked } from '../parts/OnlyAsked.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SupportContact } from '../parts/SupportContact.tsx';
import { useAbout } from '../parts/useAbout.ts';
import { useSettings } from '../parts/useSettings.tsx';
import { rates } from '../player/keys.ts';
import { captionBackgrounds, captionSizes, pictureSizes, rateWords } from '../text/player.ts';
import { computer } from '../text/health.ts';
import { settings as text } from '../text/settings.ts';

interface Props {
  practice: Extract<AppState, { screen: 'room' }>['practice'];
  /** The site's. */
  lockMinutes: number;
  onHelp: () => void;
  onComputer: () => void;
  onBack: () => void;
}

const options = <T extends string>(words: Record<T, string>) => (Object.entries(words) as [T, string][]).map(([value, label]) => ({ value, label }));

/** What a person chooses for themselves. */
export function SettingsScreen({ practice, lockMinutes, onHelp, onComputer, onBack }: Props) {
  const { settings, change, problem, failures, tryAgain } = useSettings();
  const about = useAbout();
  const minutes = [...new Set([1, 2, 3, 5, 10, 15, 20, 30, settings.lockMinutes, lockMinutes])].filter((choice) => choice <= lockMinutes).sort((a, b) => a - b);

  return (
    <Screen
      windowTitle={text.title} heading={text.title}
      before={
        <>
          <BackButton onPress={onBack}>{text.back}</BackButton>
          {problem && (
            <>
              <ProblemSummary problem={problem} attempt={failures} />
              <p>{text.notKept} <Button look="secondary" small onClick={tryAgain}>{text.tryAgain}</Button></p>
            </>
          )}
        </>
      }
    >
      <p>{text.about}</p>
      <h2 className="nhsuk-heading-m vr-section-title">{text.player}</h2>
      <Tick id="captions" label={text.captions} ticked={settings.captions} onTick={(captions) => change({ captions })} />
      <Radios inline id="captionSize" legend={text.captionSize} value={settings.captionSize} options={options(captionSizes)} onChange={(value) => change({ captionSize: value as typeof settings.captionSize })} />
      <Radios inline id="captionBackground" legend={text.captionBackground} value={settings.captionBackground} options={options(captionBackgrounds)} onChange={(value) => change({ captionBackground: value as typeof settings.captionBackground })} />
      <SelectField id="rate" label={text.rate} value={String(settings.rate)} options={[...new Set([...rates, settings.rate])].sort((a, b) => a - b).map((rate) => ({ value: String(rate), label: rateWords(rate) }))} onChange={(value) => change({ rate: Number(value) })} />
      <Radios inline id="pictureSize" legend={text.pictureSize} value={settings.pictureSize} options={options(pictureSizes)} onChange={(value) => change({ pictureSize: value as typeof settings.pictureSize })} />
      <Tick id="pauseOnNote" label={text.pauseOnNote} ticked={settings.pauseOnNote} onTick={(pauseOnNote) => change({ pauseOnNote })} />

      <h2 className="nhsuk-heading-m vr-section-title">{text.keys}</h2>
      <Tick id="singleKeys" label={text.singleKeys} ticked={settings.singleKeys} onTick={(singleKeys) => change({ singleKeys })} />
      <p className="vr-secondary">{text.singleKeysHint}</p>
      <Button look="secondary" small onClick={onHelp}>{text.showKeys}</Button>

      <h2 className="nhsuk-heading-m vr-section-title">{text.downloads}</h2>
      <OnlyAsked />

      <h2 className="nhsuk-heading-m vr-section-title">{text.screen}</h2>
      <Radios inline id="textSize" legend={text.textSize} value={settings.textSize} options={options(text.textSizes)} onChange={(value) => change({ textSize: value as typeof settings.textSize })} />
      <Tick id="reducedMotion" label={text.reducedMotion} ticked={settings.reducedMotion} onTick={(reducedMotion) => change({ reducedMotion })} />
      <p className="vr-secondary">{text.reducedMotionHint}</p>

      <h2 className="nhsuk-heading-m vr-section-title">{text.lock}</h2>
      <SelectField id="lockMinutes" label={text.lockMinutes} hint={text.lockHint(text.minutes(lockMinutes))} value={String(settings.lockMinutes)} options={minutes.map((choice) => ({ value: String(choice), label: text.minutes(choice) }))} onChange={(value) => change({ lockMinutes: Number(value) })} />

      <h2 className="nhsuk-heading-m vr-section-title">{text.aboutTitle}</h2>
      {about && <p>{text.version(about.version)} · {text.runtime(about.electron)}</p>}
      <Button look="secondary" small onClick={onComputer}>{computer.title}</Button>
      <p className="vr-label">{text.support}</p>
      <SupportContact practice={practice} />
    </Screen>
  );
}
