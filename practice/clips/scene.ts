import { above, both, box, canvas, colour, copyInto, curve, ellipse, paint, stroke, without, type Canvas, type Shape } from './canvas.ts';
import type { Look } from './dialogues.ts';
import { markerBlocks, MARKER_BLOCKS, MARKER_SHARE } from '../clock-marker.ts';

/** What a drawn person does in one frame. */
export type Pose = { mouth: 0 | 1 | 2 | 3; blink: boolean; nod: number; speaking: boolean };

export const WIDTH = 640;
export const HEIGHT = 360;
const TILE = { width: 304, height: 272, top: 36, left: 10, right: 326 };
const PAGE = colour('#1b2a38');

/** Draws the frames of one clip. Tiles are drawn once per pose and kept: a clip has few poses and many frames. */
export function scene(doctor: Look, patient: Look): (doctorPose: Pose, patientPose: Pose, clip: number, frame: number) => Uint8Array {
  const tiles = new Map<string, Canvas>();
  const tile = (who: 'doctor' | 'patient', look: Look, pose: Pose): Canvas => {
    const key = `${who} ${JSON.stringify(pose)}`;
    const known = tiles.get(key);
    if (known) return known;
    const drawn = drawTile(who, look, pose);
    tiles.set(key, drawn);
    return drawn;
  };
  const page = canvas(WIDTH, HEIGHT);
  paint(page, box(0, 0, WIDTH, HEIGHT), PAGE);
  paint(page, box(0, 0, WIDTH, 28), colour('#ffd84d'));
  return (doctorPose, patientPose, clip, frame) => {
    copyInto(page, tile('doctor', doctor, doctorPose), TILE.left, TILE.top);
    copyInto(page, tile('patient', patient, patientPose), TILE.right, TILE.top);
    drawMarker(page, clip, frame);
    return page.rgb.slice();
  };
}

function drawMarker(page: Canvas, clip: number, frame: number): void {
  const blockWidth = page.width / MARKER_BLOCKS;
  const top = page.height - page.height * MARKER_SHARE;
  for (const [block, light] of markerBlocks(clip, frame).entries()) {
    const level = light ? 205 : 30;
    for (let y = top; y < page.height; y++) {
      page.rgb.fill(level, (y * page.width + block * blockWidth) * 3, (y * page.width + (block + 1) * blockWidth) * 3);
    }
  }
}

function drawTile(who: 'doctor' | 'patient', look: Look, pose: Pose): Canvas {
  const tile = canvas(TILE.width, TILE.height);
  const frame = box(0, 0, TILE.width, TILE.height, 14);
  const inner = box(5, 5, TILE.width - 10, TILE.height - 10, 11);
  paint(tile, box(0, 0, TILE.width, TILE.height), PAGE);
  paint(tile, frame, colour(pose.speaking ? '#4cc38a' : '#2a3d50'));
  const draw = (shape: Shape, hex: string): void => paint(tile, both(shape, inner), colour(hex));
  draw(inner, look.wall);
  if (who === 'doctor') drawSurgery(draw);
  else drawHome(draw);
  drawPerson(draw, look, pose, who === 'doctor');
  return tile;
}

type Draw = (shape: Shape, hex: string) => void;

function drawSurgery(draw: Draw): void {
  draw(box(20, 62, 74, 5, 2), '#9c7b58');
  const books = [['#2f6f8f', 30], ['#b4505f', 26], ['#e0b44c', 33], ['#5b7f5a', 28], ['#8a6fa3', 24]] as const;
  for (const [i, [hex, height]] of books.entries()) draw(box(24 + i * 12, 62 - height, 10, height, 2), hex);
  draw(box(222, 30, 56, 68, 3), '#ffffff');
  draw(box(226, 34, 48, 60, 2), '#cfe3ea');
  draw(stroke([[250, 46], [250, 82]], 9), '#4f93a8');
  draw(stroke([[232, 64], [268, 64]], 9), '#4f93a8');
}

function drawHome(draw: Draw): void {
  draw(box(24, 26, 82, 92, 4), '#ffffff');
  draw(box(30, 32, 70, 80, 2), '#bfe0f2');
  draw(both(ellipse(50, 120, 40, 34), box(30, 32, 70, 80)), '#9cc58b');
  draw(stroke([[65, 32], [65, 112]], 4), '#ffffff');
  draw(stroke([[30, 70], [100, 70]], 4), '#ffffff');
  draw(box(228, 126, 66, 5, 2), '#9c7b58');
  draw(box(250, 96, 26, 30, 5), '#b5651d');
  for (const [dx, dy] of [[-16, -30], [0, -42], [16, -28], [-8, -20], [9, -18]] as const) {
    draw(curve([263, 98], [263 + dx / 3, 88 + dy / 2], [263 + dx, 98 + dy], 8), '#4d8a57');
  }
}

function drawPerson(draw: Draw, look: Look, pose: Pose, coat: boolean): void {
  const cx = 152;
  const cy = 130 + pose.nod;
  if (look.style === 'bob') draw(box(cx - 52, cy - 40, 104, 104, 40), look.hair);
  if (look.style === 'bun') draw(ellipse(cx, cy - 68, 22, 20), look.hair);
  if (look.style === 'scarf') draw(both(ellipse(cx, cy + 12, 60, 84), above(cy + 92)), look.hair);
  draw(ellipse(cx, 286, 104, 92), look.clothes);
  draw(box(cx - 17, cy + 40, 34, 40, 14), shade(look.skin, 0.9));
  if (look.style === 'scarf') draw(both(ellipse(cx, cy + 72, 50, 34), above(cy + 100)), shade(look.hair, 0.9));
  if (coat) drawCoat(draw, cx);
  else draw(curve([cx - 28, 200], [cx, 232], [cx + 28, 200], 5), shade(look.clothes, 0.82));
  if (look.style !== 'scarf') {
    for (const side of [-1, 1]) draw(ellipse(cx + side * 46, cy + 4, 8, 12), shade(look.skin, 0.92));
  }
  const head = ellipse(cx, cy, 46, 56);
  draw(head, look.skin);
  if (look.beard) draw(without(both(head, (_, y) => cy + 16 - y), ellipse(cx, cy + 14, 30, 13)), look.hair);
  drawHair(draw, look, cx, cy);
  drawFace(draw, look, pose, cx, cy);
}

function drawCoat(draw: Draw, cx: number): void {
  draw(both(ellipse(cx, 286, 105, 93), (x, y) => 24 + (y - 200) * -0.12 - Math.abs(x - cx)), '#f7f9fa');
  for (const side of [-1, 1]) draw(stroke([[cx + side * 25, 206], [cx + side * 16, 268]], 2), '#cbd5da');
  draw(curve([cx - 30, 204], [cx - 44, 262], [cx - 14, 250], 4), '#3a4750');
  draw(curve([cx + 30, 204], [cx + 40, 240], [cx + 34, 252], 4), '#3a4750');
  draw(ellipse(cx + 34, 254, 8, 8), '#5c6b75');
}

function drawHair(draw: Draw, look: Look, cx: number, cy: number): void {
  switch (look.style) {
    case 'short':
      draw(without(both(ellipse(cx, cy - 8, 50, 54), above(cy - 14)), ellipse(cx + 6, cy + 6, 46, 40)), look.hair);
      break;
    case 'bob':
    case 'bun':
      draw(without(both(ellipse(cx, cy - 6, 51, 56), above(cy + 6)), ellipse(cx, cy + 14, 41, 48)), look.hair);
      break;
    case 'curly':
      for (let i = 0; i <= 10; i++) {
        const angle = Math.PI + (Math.PI * i) / 10;
        draw(ellipse(cx + Math.cos(angle) * 43, cy - 12 + Math.sin(angle) * 42, 15, 15), look.hair);
      }
      draw(both(ellipse(cx, cy - 20, 44, 42), above(cy - 28)), look.hair);
      break;
    case 'bald':
      for (const side of [-1, 1]) draw(ellipse(cx + side * 46, cy - 6, 7, 20), look.hair);
      break;
    case 'scarf':
      draw(without(both(ellipse(cx, cy + 2, 56, 66), above(cy + 62)), ellipse(cx, cy + 6, 38, 48)), look.hair);
      break;
  }
}

function drawFace(draw: Draw, look: Look, pose: Pose, cx: number, cy: number): void {
  const ink = '#2b2320';
  for (const side of [-1, 1]) {
    const ex = cx + side * 18;
    const brow = cy - 17 - (pose.speaking ? 1 : 0);
    draw(curve([ex - 9, brow + 1], [ex, brow - 5], [ex + 9, brow + 1], 3.4), look.style === 'scarf' ? '#3a2c26' : shade(look.hair, 0.75));
    if (pose.blink) draw(curve([ex - 7, cy - 2], [ex, cy + 2], [ex + 7, cy - 2], 2.6), ink);
    else {
      draw(ellipse(ex, cy - 3, 7.5, 6.5), '#ffffff');
      draw(ellipse(ex, cy - 2.5, 4, 4.6), ink);
      draw(ellipse(ex + 1.4, cy - 4.2, 1.3, 1.3), '#ffffff');
    }
    if (look.glasses) draw(without(box(ex - 14, cy - 13, 28, 22, 9), box(ex - 11.6, cy - 10.6, 23.2, 17.2, 7)), '#3b3b46');
    draw(ellipse(cx + side * 28, cy + 14, 8, 5), mixHex(look.skin, '#d9705f', 0.28));
  }
  if (look.glasses) draw(stroke([[cx - 4, cy - 4], [cx + 4, cy - 4]], 2.4), '#3b3b46');
  draw(curve([cx - 1, cy + 1], [cx + 8, cy + 13], [cx - 3, cy + 13], 2.6), shade(look.skin, 0.78));
  const my = cy + 29;
  if (pose.mouth === 0) draw(curve([cx - 13, my - 2], [cx, my + 7], [cx + 13, my - 2], 3.2), '#5e2622');
  else {
    const open = [0, 4, 7, 10][pose.mouth] ?? 4;
    draw(ellipse(cx, my, 13 - open * 0.3, open), '#6b2528');
    draw(both(ellipse(cx, my, 13 - open * 0.3, open), above(my - open * 0.35)), '#ffffff');
  }
}

function shade(hex: string, by: number): string {
  return `#${[...colour(hex)].map((part) => Math.round(part * by).toString(16).padStart(2, '0')).join('')}`;
}

function mixHex(a: string, b: string, share: number): string {
  const over = colour(b);
  return `#${[...colour(a)].map((part, i) => Math.round(part + ((over[i] ?? 0) - part) * share).toString(16).padStart(2, '0')).join('')}`;
}
