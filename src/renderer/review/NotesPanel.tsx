import { Tag } from 'nhsuk-react-components';
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { flushSync } from 'react-dom';
import type { Note, OthersNote } from '../../preload/review.ts';
import { door } from '../door.ts';
import type { PlayerControls } from '../player/createPlayer.ts';
import { beforeNote } from '../player/lanes.ts';
import type { Marks } from '../player/marks.ts';
import { notes as text, reviewWork } from '../text/reviewWork.ts';
import { formatPosition } from '../words/time.ts';
import { Covered, type Cover } from './Covered.tsx';
import { NoteEditor, type NoteWriting } from './NoteEditor.tsx';
import { isOver, listed } from './notes.ts';
import type { Review } from './useReviewWork.ts';

interface Props {
  review: Review;
  /** The player, or null while there is none. */
  controls: () => PlayerControls | null;
  marks: Marks;
  pauseOnNote: boolean;
  /** Of what was written; more can be written all the same. */
  cover: Cover;
  ref: Ref<NoteWriting>;
}

/** One's own notes and others', in the order of the recording, and where a note is typed. */
export function NotesPanel({ review: { work, run }, controls, marks, pauseOnNote, cover, ref }: Props) {
  const over = isOver(work.status);
  // One that was being changed when the screen went is being changed still.
  const [editing, setEditing] = useState<string | null>(() => work.notes.find(({ id }) => id in work.drafts)?.id ?? null);
  const [removed, setRemoved] = useState<Note | null>(null);
  const [said, setSaid] = useState('');
  const undo = useRef<HTMLButtonElement>(null);
  const writing = useRef<NoteWriting>(null);
  const changing = useRef<NoteWriting>(null);
  const note = work.notes.find(({ id }) => id === editing);

  useImperativeHandle(ref, () => ({ write: (stretch) => (note ? changing : writing).current?.write(stretch) }));
  // The button that was pressed has gone with its note.
  useEffect(() => undo.current?.focus(), [removed]);
  const edit = (id: string) => {
    flushSync(() => setEditing(id));
    changing.current?.write();
  };
  const leave = (here: boolean) => {
    flushSync(() => setEditing(null));
    if (here) writing.current?.write();
  };

  const remove = async (one: Note) => {
    if (await run(() => door.removeNote(work.id, one.id))) setRemoved(one);
  };
  const restore = async (one: Note) => {
    if (!(await run(() => door.restoreNote(work.id, one.id)))) return;
    setRemoved(null);
    setSaid(text.restored);
    writing.current?.write();
  };

  const shown = listed(work);
  return (
    <section className="vr-notes" aria-label={text.title}>
      {over ? (
        <p className="vr-notes__fixed">{text.fixed}</p>
      ) : (
        <>
          <div hidden={note !== undefined}>
            <NoteEditor
              ref={writing} id={work.id} note={null} kept={work.drafts.note} controls={controls} marks={marks} pauseOnNote={pauseOnNote}
              onSave={async (fields) => {
                const saved = await run(() => door.saveNote(work.id, null, fields));
                if (saved) setSaid(text.saved);
                return saved;
              }}
              onMask={async ([from, until]) => {
                const masked = await run(() => door.saveNote(work.id, null, { kind: 'mask', from, until, category: 'general', text: '' }));
                if (masked) setSaid(text.masked(formatPosition(from), formatPosition(until)));
                return masked;
              }}
              onLeave={(here) => here && writing.current?.write()}
            />
          </div>
          {note && (
            <NoteEditor
              key={note.id} ref={changing} id={work.id} note={note} kept={work.drafts[note.id]} controls={controls} marks={marks} pauseOnNote={pauseOnNote}
              onSave={async (fields) => {
                const saved = await run(() => door.saveNote(work.id, note.id, fields));
                if (saved) setSaid(text.saved);
                return saved;
              }}
              onMask={async () => false}
              onLeave={leave}
            />
          )}
        </>
      )}
      <p className="nhsuk-u-visually-hidden" role="status">{said}</p>
      {removed && !over && (
        <div className="vr-undo" role="status">
          <p>{removed.kind === 'mask' ? text.removedMask : text.removed}</p>
          <button type="button" className="vr-text-button" ref={undo} onClick={() => void restore(removed)}>{text.undo}</button>
        </div>
      )}
      {shown.length === 0 ? (
        <p className="vr-notes__none">{text.none}</p>
      ) : (
        <Covered what="notes" {...cover}>
          <ol className="vr-notes__list" aria-label={text.listTitle}>
            {shown.map((one, index) => (
              <li key={one.own?.id ?? `theirs ${index}`} className="vr-note">
                <NoteWords note={one.own ?? one.theirs} author={one.own ? null : one.theirs.author} onGo={(from) => controls()?.seek(beforeNote(from))} />
                {one.own && <OwnNote note={one.own} fixed={one.fixed} over={over} onEdit={edit} onRemove={(own) => void remove(own)} />}
              </li>
            ))}
          </ol>
        </Covered>
      )}
    </section>
  );
}

const whereOf = ({ from, until }: Pick<Note, 'from' | 'until'>): string => (until === null ? formatPosition(from) : `${formatPosition(from)} – ${formatPosition(until)}`);

/** Shape and words say what it is, and not colour alone. */
const marksOfKind: Record<Note['kind'], string> = { point: '●', range: '▬', mask: '▨' };

function NoteWords({ note, author, onGo }: { note: Note | OthersNote; author: string | null; onGo: (from: number) => void }) {
  const { kind, from, category } = note;
  return (
    <>
      <div className="vr-note__head">
        <button type="button" className="vr-note__go" aria-label={text.goTo(whereOf(note))} onClick={() => onGo(from)}><span aria-hidden="true">{marksOfKind[kind]} </span>{whereOf(note)}</button>
        <Tag modifier={kind === 'mask' ? 'grey' : 'white'} className="vr-tag">{kind === 'mask' ? text.kinds.mask : text.categories[category]}</Tag>
        <span className="vr-secondary vr-note__who">{author ?? text.mine}</span>
      </div>
      {note.text !== '' && <p className="vr-note__text">{note.text}</p>}
    </>
  );
}

function OwnNote({ note, fixed, over, onEdit, onRemove }: { note: Note; fixed: boolean; over: boolean; onEdit: (id: string) => void; onRemove: (note: Note) => void }) {
  const which = <span className="nhsuk-u-visually-hidden">{text.which(whereOf(note))}</span>;
  return (
    <div className="vr-note__foot">
      <span className={note.state === 'refused' ? 'vr-overdue' : 'vr-secondary'}>{reviewWork.states[note.state]}</span>
      {!fixed && (
        <>
          <button type="button" className="vr-text-button" onClick={() => onEdit(note.id)}>{text.edit}{which}</button>
          <button type="button" className="vr-text-button" onClick={() => onRemove(note)}>{text.remove}{which}</button>
        </>
      )}
      {fixed && !over && <span className="vr-secondary">{text.fixedByForm}</span>}
    </div>
  );
}
