import { expect, test } from 'vitest';
import { captionText, cueAt, parseCues } from './cues.ts';

const vtt = `WEBVTT

NOTE made by a machine

1
00:00:01.000 --> 00:00:03.500
<v Dr Demo Clinician>Hello, what brings you in?

00:00:04.000 --> 00:00:06.000 align:start
<v.loud Demo Samplepatient>My <b>knee</b> hurts &amp; it is &lt; 2 weeks.</v>

00:00:07.000 --> 00:00:08.000
<i>Silence</i>
over two lines

00:00:09.000 --> 00:00:10.000
<script>

not a cue
`;

test('lines are plain text with their speaker', () => {
  expect(parseCues(vtt)).toEqual([
    { from: 1, to: 3.5, speaker: 'Dr Demo Clinician', text: 'Hello, what brings you in?' },
    { from: 4, to: 6, speaker: 'Demo Samplepatient', text: 'My knee hurts & it is < 2 weeks.' },
    { from: 7, to: 8, speaker: null, text: 'Silence over two lines' },
  ]);
});

test('text that is no WebVTT gives no lines', () => {
  expect(parseCues('')).toEqual([]);
  expect(parseCues('<html>')).toEqual([]);
});

test('the line at a position', () => {
  const cues = parseCues(vtt);
  expect([0, 1, 3.7, 4, 100].map((position) => cueAt(cues, position))).toEqual([-1, 0, 0, 1, 2]);
  expect(cueAt([], 5)).toBe(-1);
});

test('a caption cannot carry markup', () => {
  expect(captionText({ from: 0, to: 1, speaker: 'A', text: '<i>x</i> & y' })).toBe('A: &lt;i&gt;x&lt;/i&gt; &amp; y');
});
