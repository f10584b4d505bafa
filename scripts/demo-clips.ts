/**
 * Makes the demo consultations in resources/demo: `node scripts/demo-clips.ts [id…]`.
 *
 * The results are committed, so nobody needs this to use or to test the product. It needs ffmpeg and espeak-ng and
 * writes the same bytes again when run again with the same versions of both.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dialogues, type Dialogue } from '../practice/clips/dialogues.ts';
import { HEIGHT, scene, WIDTH, type Pose } from '../practice/clips/scene.ts';
import { SAMPLE_RATE, speak, wavFile, webVtt, type Speech } from '../practice/clips/speech.ts';
import { FRAMES_PER_SECOND } from '../practice/clock-marker.ts';

const OUT = join(import.meta.dirname, '..', 'resources', 'demo');
const FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf';
/** Nothing of the machine, the moment or the number of cores may enter the file. */
const BIT_EXACT = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];
const SOUND = ['-c:a', 'aac', '-ac', '1', '-ar', '16000', '-b:a', '20k'];

for (const tool of ['ffmpeg', 'espeak-ng']) {
  if (spawnSync(tool, ['--version']).error) {
    console.error(`${tool} is missing. On Debian or Ubuntu: apt-get update && apt-get install -y ffmpeg espeak-ng`);
    process.exit(1);
  }
}
if (!existsSync(FONT)) {
  console.error('The DejaVu fonts are missing. On Debian or Ubuntu: apt-get install -y fonts-dejavu-core');
  process.exit(1);
}

const only = process.argv.slice(2);
mkdirSync(OUT, { recursive: true });
for (const dialogue of dialogues.filter(({ id }) => only.length === 0 || only.includes(id))) await makeClip(dialogue);
writeIndex();

async function makeClip(dialogue: Dialogue): Promise<void> {
  const speech = speak(dialogue);
  const folder = mkdtempSync(join(tmpdir(), 'demo-clip-'));
  try {
    const wav = join(folder, 'speech.wav');
    writeFileSync(wav, wavFile(speech.samples));
    writeFileSync(join(OUT, `${dialogue.id}.vtt`), webVtt(speech.lines));
    const file = join(OUT, fileName(dialogue));
    if (dialogue.audioOnly) await ffmpeg(['-i', wav, ...SOUND, ...BIT_EXACT, '-movflags', '+faststart', '-f', 'mp4', file]);
    else await makeVideo(dialogue, speech, wav, folder, file);
    console.log(`${fileName(dialogue)}: ${speech.seconds} s, ${Math.round(statSync(file).size / 1000)} kB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function makeVideo(dialogue: Dialogue, speech: Speech, wav: string, folder: string, file: string): Promise<void> {
  const text = (name: string, content: string, style: string): string => {
    writeFileSync(join(folder, name), content);
    return `drawtext=fontfile=${FONT}:textfile=${join(folder, name)}:${style}`;
  };
  const filters = [
    text('banner', 'FICTIONAL   ·   drawn people, synthetic voices, invented words', 'expansion=none:fontsize=14:fontcolor=0x212b32:x=(w-tw)/2:y=7'),
    text('doctor', 'Doctor', 'expansion=none:fontsize=14:fontcolor=white:box=1:boxcolor=0x1b2a38@0.75:boxborderw=5:x=24:y=284'),
    text('patient', 'Patient', 'expansion=none:fontsize=14:fontcolor=white:box=1:boxcolor=0x1b2a38@0.75:boxborderw=5:x=340:y=284'),
    text('topic', dialogue.title, 'expansion=none:fontsize=17:fontcolor=white:x=14:y=320'),
    text('clock', '%{pts:gmtime:0:%M\\:%S}', 'fontsize=22:fontcolor=white:x=w-tw-14:y=317'),
    'format=yuv420p',
  ];
  const draw = scene(dialogue.doctor.look, dialogue.patient.look);
  const frames = speech.seconds * FRAMES_PER_SECOND;
  await ffmpeg(
    [
      '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FRAMES_PER_SECOND), '-i', 'pipe:0', '-i', wav,
      '-vf', filters.join(','),
      '-c:v', 'libx264', '-profile:v', 'main', '-crf', '30', '-preset', 'veryslow', '-tune', 'animation', '-g', '100',
      '-x264-params', 'threads=1:lookahead-threads=1:sliced-threads=0',
      ...SOUND, ...BIT_EXACT, '-movflags', '+faststart', '-f', 'mp4', file,
    ],
    Array.from({ length: frames }, (_, frame) => () =>
      draw(pose(dialogue, speech, 'Doctor', frame), pose(dialogue, speech, 'Patient', frame), dialogue.number, frame),
    ),
  );
}

/** The mouth follows how loud the voice is in that frame; eyes blink now and then, the two people not together. */
function pose(dialogue: Dialogue, speech: Speech, who: 'Doctor' | 'Patient', frame: number): Pose {
  const at = frame / FRAMES_PER_SECOND;
  const speaking = speech.lines.some((line) => line.who === who && at >= line.from - 0.04 && at < line.to + 0.04);
  const beat = frame + dialogue.number * 7 + (who === 'Doctor' ? 0 : 23);
  const nod = speaking ? ([0, 0, 1, 2, 2, 1][Math.floor(frame / 3) % 6] ?? 0) : 0;
  return { mouth: speaking ? mouthFor(loudness(speech.samples, at)) : 0, blink: beat % 47 < 2, nod, speaking };
}

function mouthFor(level: number): Pose['mouth'] {
  if (level < 900) return 0;
  if (level < 2600) return 1;
  return level < 4600 ? 2 : 3;
}

function loudness(samples: Int16Array, at: number): number {
  const from = Math.round(at * SAMPLE_RATE);
  const part = samples.subarray(from, from + Math.round(SAMPLE_RATE / FRAMES_PER_SECOND));
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / Math.max(1, part.length));
}

async function ffmpeg(args: string[], frames: (() => Uint8Array)[] = []): Promise<void> {
  const process = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => process.on('error', reject).on('close', resolve));
  for (const frame of frames) {
    if (!process.stdin.write(frame())) await new Promise((resolve) => process.stdin.once('drain', resolve));
  }
  process.stdin.end();
  const code = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}

function writeIndex(): void {
  const clips = dialogues.filter((dialogue) => existsSync(join(OUT, fileName(dialogue)))).map((dialogue) => {
    const bytes = readFileSync(join(OUT, fileName(dialogue)));
    const { id, number, title } = dialogue;
    return {
      id, number, title, file: fileName(dialogue), transcript: `${id}.vtt`,
      contentType: dialogue.audioOnly ? 'audio/mp4' : 'video/mp4',
      seconds: lastSecond(bytes), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  });
  writeFileSync(join(OUT, 'index.json'), `${JSON.stringify({ framesPerSecond: FRAMES_PER_SECOND, clips }, undefined, 2)}\n`);
}

/** The whole length from the movie header: duration over timescale, rounded (AAC adds a few milliseconds). */
function lastSecond(mp4: Buffer): number {
  const header = mp4.indexOf('mvhd', 0, 'latin1');
  return Math.round(mp4.readUInt32BE(header + 20) / mp4.readUInt32BE(header + 16));
}

function fileName({ id, audioOnly }: Dialogue): string {
  return audioOnly ? `${id}.m4a` : `${id}.mp4`;
}
