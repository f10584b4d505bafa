import type { WorklistRow } from '../../preload/contract.ts';

export type ReviewBlock = 'not-here' | 'needs-connection';

/**
 * What can be done with a row now: why it cannot be reviewed, if so, and whether a download can be asked for. While connected every row
 * can be reviewed: opening downloads what is not here first.
 */
export function copyActions(row: Pick<WorklistRow, 'copy' | 'offline'>, online: boolean): { blocked: ReviewBlock | null; download: 'first' | 'again' | null } {
  switch (row.copy.state) {
    case 'sealed':
      return { blocked: row.offline || online ? null : 'needs-connection', download: null };
    case 'queued':
    case 'downloading':
      return { blocked: online ? null : 'not-here', download: null };
    case 'none':
      return online ? { blocked: null, download: 'first' } : { blocked: 'not-here', download: null };
    case 'failed':
      return online ? { blocked: null, download: 'again' } : { blocked: 'not-here', download: null };
  }
}
