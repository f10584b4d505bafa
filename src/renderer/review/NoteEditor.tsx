import { useEffect, useEffectEvent, useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import { noteCategories, type Note, type NoteCategory, type NoteFields } from '../../preload/review.ts';
import { Button } from '../parts/Button.tsx';
import { SelectField } from '../parts/fields.tsx';
import type { PlayerControls } from '../player/createPlayer.ts';
import type { Interval } from '../../preload/intervals.ts';
import { noMarks, stretchOf, type Marks } from '../player/marks.ts';
import { notes as text, reviewWork } from '../text/reviewWork.ts';
import { formatPosition } from '../words/time.ts';
import { DraftLine } from './DraftLine.tsx';
import { hundredths } from './notes.ts';
import { useDraft, type Draft } from './useDraft.ts';

export interface NoteWriting {
  /** Puts the focus where a note is typed; with a stretch, on that. */
  write: (stretch?: Interval) => void;
}

interface Props {
  /** The worklist row's. */
  id: string;
  /** The note that is changed, or null for a new one. */
  note: Note | null;
  kept: Draft | undefined;
  controls: () => PlayerControls | null;
  marks: Marks;
  pauseOnNote: boolean;
  /** Resolves to whether it was saved. */
  onSave: (fields: NoteFields) => Promise<boolean>;
  onMask: (stretch: Interval) => Promise<boolean>;
  /** A change was saved or given up. `here`: the focus stays with the notes. */
  onLeave: (here: boolean) => void;
  ref: Ref<NoteWriting>;
}

const placeOf = ({ from, until }: Pick<Draft, 'from' | 'until'>): string =>
  from === null ? text.unplaced : until === null ? reviewWork.at(formatPosition(from)).toLowerCase() : reviewWork.stretch(formatPosition(from), formatPosition(until)).toLowerCase();

/** Where a note is typed. Typing pauses the recording and gives the note its place, once. */
export function NoteEditor({ id, note, kept, controls, marks, pauseOnNote, onSave, onMask, onLeave, ref }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const base = useId();
  const [textId, helpId, faultId] = [`${base}-text`, `${base}-help`, `${base}-fault`];
  const { draft, state, change, flush, become } = useDraft(id, note?.id ?? 'note', kept, note ? { text: note.text, from: note.from, until: note.until, category: note.category } : undefined);
  const [fault, setFault] = useState(false);
  const busy = useRef(false);
  /** Typing paused it; saving lets it go on. */
  const paused = useRef(false);
  const stretch = stretchOf(marks);

  const putOn = (next: Interval) => change({ ...draft, from: hundredths(next[0]), until: hundredths(next[1]) });
  // Marks that are set beside a note that is being written become its place; those set before it do when it is begun.
  const marked = useEffectEvent(() => {
    if (stretch && draft.text !== '') putOn(stretch);
  });
  useEffect(() => marked(), [marks]);

  useImperativeHandle(ref, () => ({
    write: (on) => {
      if (on) putOn(on);
      field.current?.focus();
      field.current?.scrollIntoView({ block: 'nearest' });
    },
  }));

  const type = (words: string) => {
    setFault(false);
    if (words === '' || draft.text !== '') {
      change({ ...draft, text: words, ...(words === '' && note === null ? { from: null, until: null } : {}) });
      return;
    }
    const player = controls();
    if (pauseOnNote && player?.isPlaying() === true) {
      paused.current = true;
      player.pause();
    }
    const place = draft.from !== null ? {} : stretch ? { from: hundredths(stretch[0]), until: hundredths(stretch[1]) } : { from: hundredths(player?.position() ?? 0), until: null };
    change({ ...draft, text: words, ...place });
  };

  const resume = () => {
    if (paused.current) controls()?.play();
    paused.current = false;
  };

  const save = async (): Promise<boolean> => {
    if (busy.current) return false;
    const isMask = note?.kind === 'mask';
    if (draft.text.trim() === '' && !isMask) {
      setFault(true);
      field.current?.focus();
      return false;
    }
    const from = draft.from ?? hundredths(controls()?.position() ?? 0);
    const { until } = draft;
    busy.current = true;
    const saved = await become(() => onSave({ kind: until === null ? 'point' : isMask ? 'mask' : 'range', from, until, category: draft.category, text: draft.text.trim() }));
    busy.current = false;
    if (!saved) return false;
    controls()?.setMarks(noMarks);
    resume();
    return true;
  };

  const toPlayer = () => controls()?.focus();
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save().then((saved) => {
        if (!saved) return;
        onLeave(false);
        toPlayer();
      });
    } else if (event.key === 'Escape') {
      event.preventDefault();
      flush();
      toPlayer();
    }
  };

  const now = controls()?.position() ?? 0;
  const where = placeOf(draft);
  return (
    <section className="vr-editor" aria-label={note ? text.editTitle : text.newTitle} onKeyDown={onKey}>
      {note && <h3 className="nhsuk-heading-xs">{text.editTitle}</h3>}
      <label className="nhsuk-label vr-label" htmlFor={textId}>{text.label(where)}</label>
      <textarea
        id={textId} ref={field} rows={3} className="nhsuk-textarea vr-editor__text" value={draft.text} maxLength={20_000} spellCheck={false}
        aria-describedby={fault ? `${helpId} ${faultId}` : helpId} aria-invalid={fault || undefined} onChange={(event) => type(event.target.value)} onBlur={flush}
      />
      {fault && <span className="nhsuk-error-message" id={faultId} role="alert">{text.empty}</span>}
      <div className="vr-editor__line">
        <SelectField id={`${base}-category`} label={text.category} value={draft.category} options={noteCategories.map((value) => ({ value, label: text.categories[value] }))} onChange={(value) => change({ ...draft, category: value as NoteCategory })} />
        <Button
          small
          onClick={() => void save().then((saved) => {
            if (saved) onLeave(true);
          })}
        >
          {note ? text.saveChange : text.save}
        </Button>
        {note && (
          <Button
            look="secondary" small
            onClick={() => {
              change({ ...draft, text: '' });
              flush();
              resume();
              onLeave(true);
            }}
          >
            {text.leave}
          </Button>
        )}
        {!note && draft.text !== '' && (
          <Button
            look="secondary" small
            onClick={() => {
              change({ ...draft, text: '', from: null, until: null });
              flush();
              resume();
              field.current?.focus();
            }}
          >
            {text.discard}
          </Button>
        )}
        {!note && stretch && (
          <Button
            look="secondary" small
            onClick={() => void onMask([hundredths(stretch[0]), hundredths(stretch[1])]).then((done) => {
              if (!done) return;
              controls()?.setMarks(noMarks);
              field.current?.focus();
            })}
          >
            {text.mask(formatPosition(stretch[0]), formatPosition(stretch[1]))}
          </Button>
        )}
        {draft.from !== null && (
          <div className="vr-editor__place">
            {draft.until === null
              ? Math.abs(now - draft.from) >= 1 && <button type="button" className="vr-text-button" onClick={() => change({ ...draft, from: hundredths(controls()?.position() ?? 0) })}>{text.moveHere(formatPosition(now))}</button>
              : note?.kind !== 'mask' && <button type="button" className="vr-text-button" onClick={() => change({ ...draft, until: null })}>{text.toPoint}</button>}
          </div>
        )}
      </div>
      <DraftLine state={state} />
      <p className="vr-editor__help" id={helpId}>{text.help}</p>
    </section>
  );
}
