import type { ReactNode } from 'react';
import type { PracticeView, RoleView } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { header } from '../text/room.ts';
import { Button } from './Button.tsx';
import { ProblemSummary } from './ErrorSummary.tsx';
import { TopBar } from './TopBar.tsx';
import { useAction } from './useAction.ts';

/** The bar of a person who is in: who they are, in which role, what their screen adds, and the ways out. `kept`: a manager without a session, who unlocked what they keep here. */
export function SessionBar({ practice, name, role, kept = false, children }: { practice: PracticeView; name: string; role: RoleView; kept?: boolean; children?: ReactNode }) {
  const action = useAction();
  return (
    <TopBar practice={`${practice.name} (${practice.odsCode})`}>
      <span className="vr-topbar__person"><strong>{name}</strong><span className="nhsuk-u-visually-hidden">, </span><span className="vr-topbar__role">{role.name}</span></span>
      <nav className="vr-topbar__nav" aria-label={header.menu}>
        {children}
        {/* Nothing of a manager's session opens with a secret: there is nothing to lock, only to leave. */}
        {(role.kind === 'clinician' || kept) && <Button look="reverse" small onClick={() => void action.run(() => door.lock())}>{header.lock}</Button>}
        <Button look="reverse" small onClick={() => void action.run(() => door.switchUser())}>{header.switchUser}</Button>
        {!kept && <Button look="reverse" small onClick={() => void action.run(() => door.signOut())}>{header.signOut}</Button>}
      </nav>
      {action.problem && <div className="vr-topbar__problem"><ProblemSummary problem={action.problem} attempt={action.failures} /></div>}
    </TopBar>
  );
}
