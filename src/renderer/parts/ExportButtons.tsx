import { useEffect, useRef, useState } from 'react';
import type { Exported } from '../../preload/console.ts';
import type { Result } from '../../preload/contract.ts';
import { exporting as text } from '../text/console.ts';
import { Button } from './Button.tsx';
import { ProblemSummary } from './ErrorSummary.tsx';
import { useAction } from './useAction.ts';

interface Props {
  exports: readonly { label: string; run: () => Promise<Result<Exported>> }[];
  about?: string;
}

/** Exports, and what became of the last: the file's name, how many rows, and the digest by which it can be recognised. */
export function ExportButtons({ exports, about = text.about }: Props) {
  const action = useAction();
  const [done, setDone] = useState<{ exported: Exported; times: number } | null>(null);
  const note = useRef<HTMLDivElement>(null);
  const times = done?.times ?? 0;
  useEffect(() => {
    if (times > 0) note.current?.focus();
  }, [times]);
  const start = async (run: () => Promise<Result<Exported>>) => {
    const result = await action.run(run);
    if (result?.ok) setDone({ exported: result.value, times: times + 1 });
  };
  return (
    <div className="vr-exports">
      <div className="vr-buttons">
        {exports.map(({ label, run }) => <Button key={label} look="secondary" small unavailable={action.busy} onClick={() => void start(run)}>{label}</Button>)}
        <p className="vr-secondary" role="status">{action.busy ? text.busy : about}</p>
      </div>
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      {done && (
        <div className="vr-done" tabIndex={-1} ref={note}>
          <p>{text.done(done.exported.file, done.exported.rows)}</p>
          <p className="vr-hash">{text.hash}: <span className="vr-break">{done.exported.sha256}</span></p>
        </div>
      )}
    </div>
  );
}
