import classNames from 'classnames';
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { OpenRecording, Problem, Result } from '../../preload/contract.ts';
import type { ReviewWork } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';
import { BackButton } from '../parts/BackButton.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { StatusTags } from '../parts/StatusTags.tsx';
import { useSettings } from '../parts/useSettings.tsx';
import type { PlayerControls } from '../player/createPlayer.ts';
import { cueAt, parseCues } from '../player/cues.ts';
import type { Interval } from '../../preload/intervals.ts';
import { noMarks } from '../player/marks.ts';
import { Player } from '../player/Player.tsx';
import { Transcript } from '../player/Transcript.tsx';
import { Covered, type Private } from '../review/Covered.tsx';
import { FinishPanel } from '../review/FinishPanel.tsx';
import { FinishPointer } from '../review/FinishPointer.tsx';
import { FormPanel } from '../review/FormPanel.tsx';
import type { NoteWriting } from '../review/NoteEditor.tsx';
import { isOver, masksOf } from '../review/notes.ts';
import { NotesPanel } from '../review/NotesPanel.tsx';
import { ReviewTabs, type Place } from '../review/ReviewTabs.tsx';
import { ThreadPanel } from '../review/ThreadPanel.tsx';
import { useReviewWork } from '../review/useReviewWork.ts';
import { markersOf } from '../review/markers.ts';
import { diedOf } from '../revoked.ts';
import { purposeWords, unsigned } from '../text/common.ts';
import { review as text } from '../text/review.ts';
import { group as groupText } from '../text/reviewWork.ts';
import { PatientPanel } from './PatientPanel.tsx';

interface Props {
  /** The worklist row's. */
  id: string;
  recording: OpenRecording;
  /** Its review, as it was when it was opened. */
  work: Result<ReviewWork>;
  online: boolean;
  /** Where to begin, seconds; a place that was searched for. */
  initialPosition?: number | undefined;
  onClose: () => void;
  /** The recording was taken away: this screen must go at once, with everything it shows. */
  onStopped: (problem: Problem) => void;
  /** The person says that this is the wrong patient's: as for {@link onStopped}. */
  onWrong: () => void;
  /** The person declined the review: it is off their list. */
  onDeclined: () => void;
}

const unwatched: ReviewWork['watched'] = [];

/** One recording, with the patient beside it. */
export function Review({ id, recording, work, online, initialPosition, onClose, onStopped, onWrong, onDeclined }: Props) {
  const player = useRef<PlayerControls | null>(null);
  const [current, setCurrent] = useState(-1);
  const [failed, setFailed] = useState<Problem | null>(null);
  const { transcript, grant } = recording;
  const cues = useMemo(() => (transcript === null ? [] : parseCues(transcript.vtt)), [transcript]);

  const { review, problem } = useReviewWork(id, work);
  const trouble = review?.problem ?? problem;
  const controls = () => player.current;
  const { settings: { pictureSize, pauseOnNote } } = useSettings();
  const [place, setPlace] = useState<Place>('transcript');
  const [wideForms, setWideForms] = useState(false);
  const [marks, setMarks] = useState(noMarks);
  const beside = useRef<HTMLDivElement>(null);
  const notes = useRef<NoteWriting>(null);
  const finish = useRef<HTMLHeadingElement>(null);
  const mine = review?.work.notes;
  const othersNotes = review?.work.othersNotes;
  // Until it is ended: whoever was in the room when it was locked or closed may still be there.
  const group = (review?.work.room.length ?? 0) > 0;
  const markers = useMemo(() => markersOf({ notes: mine ?? [], othersNotes: othersNotes ?? [] }, group), [mine, othersNotes, group]);
  const masks = useMemo(() => (group && review ? masksOf(review.work) : []), [group, review]);

  /** What is shown to the person although others are in the room: until they go elsewhere. */
  const [uncovered, setUncovered] = useState<Private | null>(null);
  const go = (next: Place) => {
    setPlace(next);
    if (next !== uncovered) setUncovered(null);
  };
  const cover = (what: Private) => ({ group, covered: group && uncovered !== what, onCover: (covered: boolean) => setUncovered(covered ? null : what) });
  const [watched, setWatched] = useState<number | null>(null);
  const about = { patient: recording.patient, medium: recording.medium, watched, group };

  const write = (stretch?: Interval) => {
    if (document.fullscreenElement) void document.exitFullscreen();
    // It must be there before it can have the focus.
    flushSync(() => go('notes'));
    notes.current?.write(stretch);
  };

  // The button that leads there goes with it.
  const toFinish = () => {
    flushSync(() => go('finish'));
    finish.current?.focus();
  };

  const stop = useEffectEvent(onStopped);

  // Before the first paint: a grant may have died while its answer was on the way here, and then nothing of it is shown.
  useLayoutEffect(() => {
    const before = diedOf(grant);
    if (before !== null) {
      stop(before);
      return undefined;
    }
    return door.onRevoked(({ grant: revoked, problem }) => {
      if (revoked !== grant) return;
      // First the picture, the sound and the captions, outside React; then the transcript and the rest, before this call returns.
      player.current?.dispose();
      flushSync(() => stop(problem));
    });
  }, [grant]);

  // In this order, and all of it before anything else happens: nobody is asked, and the main process need not answer.
  const sayWrong = () => {
    player.current?.dispose();
    flushSync(onWrong);
  };
  const wrong = useEffectEvent(sayWrong);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== text.wrong.key || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      wrong();
    };
    // Before anything on the page sees the key: a menu or a dialog must not keep it.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);

  // A stream that the main process broke off looks to the player like one it cannot decode. The main process says so in the same moment;
  // only where it does not is the recording itself at fault.
  useEffect(() => {
    if (failed === null) return undefined;
    const timer = setTimeout(() => {
      void attempt(failed.code === 'recording-undecodable' ? door.reportUndecodable(grant) : door.closeRecording(grant));
      stop(failed);
    }, 300);
    return () => clearTimeout(timer);
  }, [failed, grant]);

  const absent = () => {
    if (recording.transcriptAbsent !== null) return text.noTranscript[recording.transcriptAbsent];
    return transcript === null ? text.noTranscript.none : cues.length === 0 ? text.noTranscript.unreadable : null;
  };

  return (
    <Screen
      wide
      review
      windowTitle={text.windowTitle}
      heading={<>{recording.title}<StatusTags isSensitive={recording.sensitive} sensitiveKinds={recording.sensitiveKinds} isUnsigned={recording.unsigned} /></>}
      before={<BackButton onPress={onClose}>{text.back}</BackButton>}
    >
      {group && review && <p className="vr-notice"><strong>{groupText.on(review.work.room)}</strong> {groupText.consentOn(recording.purpose, purposeWords(recording.purpose))}</p>}
      {recording.unsigned && <p className="vr-notice"><strong>{unsigned.heading}.</strong> {unsigned.body}</p>}
      <div className={classNames('vr-review', `vr-review--${recording.medium === 'audio' ? 'fit' : pictureSize}`, place === 'forms' && wideForms && 'vr-review--forms')} ref={beside}>
        <PatientPanel key={group ? 'group' : 'alone'} recording={recording} group={group} onWrong={sayWrong} />
        <div className="vr-review__player">
          {failed === null ? (
            <Player
              recording={recording} online={online} initialPosition={initialPosition} cues={cues} controlsRef={player}
              markers={markers} watched={review?.work.watched ?? unwatched} stoppedAt={review?.work.position ?? null} masks={masks} group={group}
              onPosition={(position) => setCurrent(cueAt(cues, position))} onFailed={setFailed} onNote={() => write()} onMarks={setMarks} onCoverage={setWatched}
            />
          ) : (
            <div className="vr-blank" />
          )}
        </div>
        <div className="vr-beside">
          {trouble && <ProblemSummary problem={trouble} attempt={review?.failures ?? 0} />}
          {review && place !== 'finish' && <FinishPointer work={review.work} onFinish={toFinish} />}
          <ReviewTabs
            place={place} onPlace={go}
            places={[
              { place: 'transcript', content: <Transcript cues={cues} absent={absent()} current={current} onSeek={(position) => player.current?.seek(position)} masks={masks} {...(review && !isOver(review.work.status) ? { onNote: write } : {})} /> },
              ...(review === null ? [] : [
                { place: 'notes' as const, count: review.work.notes.length + review.work.othersNotes.length, content: <NotesPanel ref={notes} review={review} controls={controls} marks={marks} pauseOnNote={pauseOnNote} cover={cover('notes')} /> },
                { place: 'forms' as const, count: review.work.responses.length + review.work.othersResponses.length, content: <Covered what="forms" {...cover('forms')}><FormPanel review={review} about={about} controls={controls} wide={wideForms} onWide={setWideForms} clinicians={recording.consultation.clinicians.filter((name) => name !== recording.watermark.name)} /></Covered> },
                { place: 'messages' as const, count: review.work.thread.length, content: <Covered what="messages" {...cover('messages')}><ThreadPanel review={review} controls={controls} /></Covered> },
                { place: 'finish' as const, content: <FinishPanel review={review} about={about} purpose={recording.purpose} title={finish} onDeclined={onDeclined} /> },
              ]),
            ]}
          />
        </div>
      </div>
    </Screen>
  );
}
