import type { WorklistRow } from '../../preload/contract.ts';

export type ReviewBlock = 'not-here' | 'needs-connection';

/** What asking for a download means where it stands: `now` for one that waits its turn. */
export type DownloadAction = 'first' | 'again' | 'now' | 'resume';

const downloads: Record<WorklistRow['copy']['state'], DownloadAction | null> = { none: 'first', queued: 'now', downloading: null, paused: 'resume', failed: 'again', sealed: null };

/**
 * What can be done with a row now: why it cannot be reviewed, if so, and whether a download can be asked for. While connected every row
 * can be reviewed: opening downloads what is not here first.
 */
export function copyActions({ copy, offline }: Pick<WorklistRow, 'copy' | 'offline'>, online: boolean): { blocked: ReviewBlock | null; download: DownloadAction | null } {
  if (copy.state === 'sealed') return { blocked: offline || online ? null : 'needs-connection', download: null };
  return online ? { blocked: null, download: downloads[copy.state] } : { blocked: 'not-here', download: null };
}
