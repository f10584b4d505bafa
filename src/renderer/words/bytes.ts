const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in words: "512 bytes", "48 MB", "1.2 GB". Decimal units, as file managers and networks use. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit >= 3 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? 'bytes'}`;
}

/** Whole per cent done, never 100 before the end. */
export function percentDone(received: number, total: number): number {
  if (total <= 0) return 0;
  if (received >= total) return 100;
  return Math.min(99, Math.floor((received / total) * 100));
}

/** "12 of 48 MB": one unit where both share it. */
export function formatProgress(received: number, total: number): string {
  const [amount = '', unit = ''] = formatBytes(received).split(' ');
  const whole = formatBytes(total);
  return whole.endsWith(` ${unit}`) ? `${amount} of ${whole}` : `${formatBytes(received)} of ${whole}`;
}
