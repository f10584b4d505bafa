import { expect, test } from 'vitest';
import { downloads, standing, storage } from './room.ts';

test('what was not downloaded for want of room', () => {
  expect(standing.noRoom(1, '1.2 GB', 0)).toBe('1 recording was not downloaded: it needs 1.2 GB more room.');
  expect(standing.noRoom(3, '1.2 GB', 0)).toBe('3 recordings were not downloaded: they need 1.2 GB more room.');
  expect(standing.noRoom(1, '1.2 GB', 1)).toMatch(/room\. It is due before your time for working offline ends\.$/);
  expect(standing.noRoom(3, '1.2 GB', 1)).toMatch(/room\. 1 of them is due before/);
  expect(standing.noRoom(3, '1.2 GB', 2)).toMatch(/room\. 2 of them are due before/);
  expect(standing.noRoom(3, '1.2 GB', 3)).toMatch(/room\. All are due before/);
});

test('what waits to be downloaded says why', () => {
  expect(standing.downloadsWait.chosen(1)).toBe('1 recording waits to be downloaded, because you chose to download only what you ask for.');
  expect(standing.downloadsWait.metered(3)).toBe('3 recordings wait to be downloaded, because this computer says that its connection is metered.');
  expect(downloads.more(1)).toBe('1 more waits, and comes in turn, what is due first.');
});

test('what waits to be sent is said apart: what the person made, by review, and the record; and what it waits for', () => {
  expect(standing.queued(0, 'viewed', 'connected')).toBe('The record of what you viewed will be sent when there is a connection.');
  expect(standing.queued(1, null, 'signed-in')).toBe('Your work on 1 review will be sent when you have signed in.');
  expect(standing.queued(2, 'viewed', 'connected')).toBe('Your work on 2 reviews and the record of what you viewed will be sent when there is a connection.');
  expect(standing.queued(0, 'did', 'possible')).toBe('The record of what you did will be sent as soon as that is possible.');
});

test('counts of copies', () => {
  expect(storage.remove(0, '0 bytes')).toBe('Remove selected');
  expect(storage.remove(2, '96 MB')).toBe('Remove selected (2, 96 MB)');
  expect(storage.selected(0, '0 bytes')).toBe('No copy is ticked.');
  expect(storage.confirm.title(1)).toBe('Remove 1 copy from this computer?');
  expect(storage.confirm.toReview(1, 1)).toBe('It is still to be reviewed: without a connection you could not review it.');
  expect(storage.confirm.toReview(1, 3)).toMatch(/^1 of them is .* review it\.$/);
  expect(storage.confirm.toReview(3, 3)).toMatch(/^They are .* review them\.$/);
  expect(storage.done(2, '96 MB')).toBe('2 copies were removed (96 MB).');
  expect(storage.short(1, '96 MB')).toBe('The recording that waits to be downloaded needs 96 MB more.');
  expect(storage.enough(2)).toBe('That makes room for the 2 recordings that wait to be downloaded.');
});
