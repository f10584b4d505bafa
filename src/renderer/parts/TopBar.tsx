import type { ReactNode } from 'react';
import { useComputer } from '../computer.ts';
import { app } from '../text/common.ts';
import { computer } from '../text/health.ts';
import { useAbout } from './useAbout.ts';

/** The blue bar: the app's name, the practice, and whatever the screen puts at its end. */
export function TopBar({ practice, children }: { practice?: string; children?: ReactNode }) {
  const about = useAbout();
  const toComputer = useComputer();
  return (
    <header className="vr-topbar">
      {about?.demoRuntime === true && <p className="vr-topbar__demo">{app.demoRuntime(about.electron)}</p>}
      <div className="vr-topbar__inner">
        <span className="vr-topbar__app">{app.name}</span>
        {practice !== undefined && <span className="vr-topbar__practice">{practice}</span>}
        {children}
        {toComputer && <button type="button" className="vr-topbar__computer" onClick={toComputer}>{computer.title}</button>}
      </div>
    </header>
  );
}
