import type { ReactNode } from 'react';
import { app } from '../text/common.ts';
import { useAbout } from './useAbout.ts';

/** The blue bar: the app's name, the practice, and whatever the screen puts at its end. */
export function TopBar({ practice, children }: { practice?: string; children?: ReactNode }) {
  const about = useAbout();
  return (
    <header className="vr-topbar">
      {about?.demoRuntime === true && <p className="vr-topbar__demo">{app.demoRuntime(about.electron)}</p>}
      <div className="vr-topbar__inner">
        <span className="vr-topbar__app">{app.name}</span>
        {practice !== undefined && <span className="vr-topbar__practice">{practice}</span>}
        {children}
      </div>
    </header>
  );
}
