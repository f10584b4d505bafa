import type { ReactNode } from 'react';
import { Button } from '../parts/Button.tsx';
import { group as text } from '../text/reviewWork.ts';

/** What is covered while others are in the room. */
export type Private = keyof typeof text.covered;

export interface Cover {
  /** Others are in the room. */
  group: boolean;
  covered: boolean;
  onCover: (covered: boolean) => void;
}

/** What is this person's own stays there, and out of sight while others are in the room, until it is asked for. */
export function Covered({ what, group, covered, onCover, children }: Cover & { what: Private; children: ReactNode }) {
  const words = text.covered[what];
  return (
    <>
      {group && (
        <div className="vr-covered">
          {covered && <p>{words.hidden}</p>}
          <Button look="secondary" small onClick={() => onCover(!covered)}>{covered ? words.show : words.hide}</Button>
        </div>
      )}
      <div className="vr-coverable" hidden={covered}>{children}</div>
    </>
  );
}
