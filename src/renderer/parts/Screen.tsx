import classNames from 'classnames';
import { useEffect, useRef, type ReactNode } from 'react';
import { app } from '../text/common.ts';

interface Props {
  /** What the window is called; never names a patient, because the title shows outside the app. */
  windowTitle: string;
  heading: ReactNode;
  /** Above the heading: a back link, an error summary. */
  before?: ReactNode;
  wide?: boolean;
  /** A recording and what belongs to it, in the whole window. */
  review?: boolean;
  children?: ReactNode;
}

/** The main part of every screen. On arrival it names the window and takes the focus to the heading, or leaves it with an error summary. */
export function Screen({ windowTitle, heading, before, wide = false, review = false, children }: Props) {
  const main = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${windowTitle} – ${app.name}`;
  }, [windowTitle]);

  useEffect(() => {
    if (main.current?.contains(document.activeElement)) return;
    window.scrollTo(0, 0);
    title.current?.focus({ preventScroll: true });
  }, []);

  return (
    <main className={classNames('vr-main', wide && 'vr-main--wide', review && 'vr-main--review')} ref={main}>
      {before}
      <h1 className={wide ? 'vr-title vr-title--compact' : 'vr-title'} tabIndex={-1} ref={title}>
        {heading}
      </h1>
      {children}
    </main>
  );
}
