import { Component, type ReactNode } from 'react';
import { fault } from '../text/common.ts';

/** When a screen itself fails: words instead of a blank window. What was on it is gone from the page, and nothing is guessed. */
export class FaultBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="vr-main">
        <h1 className="vr-title">{fault.title}</h1>
        <p>{fault.means}</p>
        <p>{fault.next}</p>
      </main>
    );
  }
}
