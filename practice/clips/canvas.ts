/** A small painter of anti-aliased shapes, so that making the demo clips needs no graphics library. */

export type Colour = readonly [red: number, green: number, blue: number];
/** Signed distance in pixels: negative inside. */
export type Shape = (x: number, y: number) => number;
export type Canvas = { width: number; height: number; rgb: Uint8Array };

export function canvas(width: number, height: number): Canvas {
  return { width, height, rgb: new Uint8Array(width * height * 3) };
}

export function colour(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function paint(target: Canvas, shape: Shape, [red, green, blue]: Colour): void {
  const { width, height, rgb } = target;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cover = Math.min(1, Math.max(0, 0.5 - shape(x + 0.5, y + 0.5)));
      if (cover === 0) continue;
      const at = (y * width + x) * 3;
      rgb[at] = mix(rgb[at] ?? 0, red, cover);
      rgb[at + 1] = mix(rgb[at + 1] ?? 0, green, cover);
      rgb[at + 2] = mix(rgb[at + 2] ?? 0, blue, cover);
    }
  }
}

export function copyInto(target: Canvas, source: Canvas, left: number, top: number): void {
  for (let y = 0; y < source.height; y++) {
    const row = source.rgb.subarray(y * source.width * 3, (y + 1) * source.width * 3);
    target.rgb.set(row, ((top + y) * target.width + left) * 3);
  }
}

export function ellipse(cx: number, cy: number, rx: number, ry: number): Shape {
  return (x, y) => {
    const px = x - cx;
    const py = y - cy;
    const k = Math.hypot(px / rx, py / ry);
    const slope = Math.hypot(px / (rx * rx), py / (ry * ry));
    return slope === 0 ? -Math.min(rx, ry) : (k * (k - 1)) / slope;
  };
}

export function box(left: number, top: number, width: number, height: number, radius = 0): Shape {
  return (x, y) => {
    const dx = Math.abs(x - left - width / 2) - width / 2 + radius;
    const dy = Math.abs(y - top - height / 2) - height / 2 + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

/** A line of a given thickness through points. */
export function stroke(points: readonly (readonly [number, number])[], thickness: number): Shape {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 1; i < points.length; i++) {
      const [ax, ay] = points[i - 1] ?? [0, 0];
      const [bx, by] = points[i] ?? [0, 0];
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
      nearest = Math.min(nearest, Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)));
    }
    return nearest - thickness / 2;
  };
}

/** A smooth curve from a to b that bends towards the control point. */
export function curve(a: readonly [number, number], control: readonly [number, number], b: readonly [number, number], thickness: number): Shape {
  const points = Array.from({ length: 13 }, (_, i): [number, number] => {
    const t = i / 12;
    const along = (from: number, bend: number, to: number) => (1 - t) ** 2 * from + 2 * t * (1 - t) * bend + t * t * to;
    return [along(a[0], control[0], b[0]), along(a[1], control[1], b[1])];
  });
  return stroke(points, thickness);
}

export const both = (a: Shape, b: Shape): Shape => (x, y) => Math.max(a(x, y), b(x, y));
export const without = (a: Shape, b: Shape): Shape => (x, y) => Math.max(a(x, y), -b(x, y));
export const above = (line: number): Shape => (_, y) => y - line;

function mix(under: number, over: number, cover: number): number {
  return Math.round(under + (over - under) * cover);
}
