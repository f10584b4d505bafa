import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dialogue, Voice } from './dialogues.ts';

export const SAMPLE_RATE = 22050;
/**
 * Clips last a whole multiple of this many seconds: it is a whole number of video frames (80 ms), of AAC frames
 * (64 ms at 16 kHz) and of key frame distances, so that clips can be chained without sound and picture drifting apart.
 */
export const LENGTH_STEP = 8;
const LEAD = 0.9;
const TAIL = 1.4;
const SENTENCE_GAP = 0.16;
const TURN_GAP = 0.34;

export type Line = { who: 'Doctor' | 'Patient'; text: string; from: number; to: number };
export type Speech = { seconds: number; samples: Int16Array; lines: Line[] };

/** Speaks a dialogue with espeak-ng and lays it out in time. */
export function speak(dialogue: Dialogue): Speech {
  const folder = mkdtempSync(join(tmpdir(), 'demo-speech-'));
  try {
    const spoken = dialogue.turns.flatMap(([who, ...sentences]) =>
      sentences.map((text, i) => ({ who, text, newTurn: i === 0, sound: sayOne(folder, text, dialogue[who === 'Doctor' ? 'doctor' : 'patient'].voice) })),
    );
    return layOut(spoken);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Spoken = { who: 'Doctor' | 'Patient'; text: string; newTurn: boolean; sound: Int16Array };

/** What is left to the next whole length is shared among the pauses between turns. */
function layOut(spoken: Spoken[]): Speech {
  const turns = spoken.filter((line, i) => line.newTurn && i > 0).length;
  const talk = spoken.reduce((sum, line) => sum + line.sound.length / SAMPLE_RATE, 0);
  const least = LEAD + talk + turns * TURN_GAP + (spoken.length - 1 - turns) * SENTENCE_GAP + TAIL;
  const seconds = Math.ceil(least / LENGTH_STEP) * LENGTH_STEP;
  const turnGap = TURN_GAP + (seconds - least) / turns;
  const samples = new Int16Array(seconds * SAMPLE_RATE);
  const lines: Line[] = [];
  let at = LEAD;
  for (const [i, { who, text, newTurn, sound }] of spoken.entries()) {
    if (i > 0) at += newTurn ? turnGap : SENTENCE_GAP;
    samples.set(sound, Math.round(at * SAMPLE_RATE));
    lines.push({ who, text, from: at, to: at + sound.length / SAMPLE_RATE });
    at += sound.length / SAMPLE_RATE;
  }
  return { seconds, samples, lines };
}

function sayOne(folder: string, text: string, voice: Voice): Int16Array {
  const file = join(folder, 'line.wav');
  execFileSync('espeak-ng', ['-v', voice.name, '-s', String(voice.speed), '-p', String(voice.pitch), '-w', file, text], { stdio: ['ignore', 'ignore', 'pipe'] });
  const wav = readFileSync(file);
  if (wav.readUInt32LE(24) !== SAMPLE_RATE) throw new Error(`espeak-ng spoke at ${wav.readUInt32LE(24)} Hz, not ${SAMPLE_RATE}`);
  const data = wav.indexOf('data', 12, 'latin1') + 8;
  const samples = new Int16Array((wav.length - data) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = wav.readInt16LE(data + i * 2);
  return trimSilence(samples);
}

function trimSilence(samples: Int16Array): Int16Array {
  const heard = (value: number): boolean => Math.abs(value) > 250;
  const first = samples.findIndex(heard);
  const last = samples.findLastIndex(heard);
  return first < 0 ? samples : samples.slice(first, last + 1);
}

export function wavFile(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

export function webVtt(lines: readonly Line[]): string {
  const cues = lines.map(({ who, text, from, to }) => `${stamp(from)} --> ${stamp(to)}\n<v ${who}>${text}</v>\n`);
  return `WEBVTT\n\nNOTE A fictional consultation; every word is invented.\n\n${cues.join('\n')}`;
}

function stamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (value: number, length = 2): string => String(value).padStart(length, '0');
  return `${part(Math.floor(milliseconds / 3_600_000))}:${part(Math.floor(milliseconds / 60_000) % 60)}:${part(Math.floor(milliseconds / 1000) % 60)}.${part(milliseconds % 1000, 3)}`;
}
