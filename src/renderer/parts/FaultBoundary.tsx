import { Component, type ReactNode } from 'react';
import { attempt, door } from '../door.ts';

interface Props {
  children: ReactNode;
  /** What stands in their place once one of them has failed. */
  otherwise: ReactNode;
}

/** Where a screen itself fails: something else instead of a blank window. What was on it is gone from the page, and nothing is guessed. That it failed is logged, and not what it said. */
export class FaultBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    void attempt(door.pageFailed(error instanceof Error ? error.name.slice(0, 40) : typeof error));
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.otherwise : this.props.children;
  }
}
