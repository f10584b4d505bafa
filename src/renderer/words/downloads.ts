/** How fast a download comes and how long it still takes, in words that do not change at each look. */

/** "2.1 Mbit/s", as the people who sell lines say it. @param rate bytes a second */
export function formatRate(rate: number): string {
  const megabits = (rate * 8) / 1e6;
  return megabits < 0.1 ? 'less than 0.1 Mbit/s' : `${megabits < 10 ? megabits.toFixed(1) : Math.round(megabits)} Mbit/s`;
}

const upTo = (step: number, value: number): number => Math.ceil(value / step) * step;

/** "about 8 minutes left": rounded up, and the more coarsely the longer it takes. @param bytes still to come. @param rate bytes a second */
export function timeLeft(bytes: number, rate: number): string {
  const minutes = Math.ceil(bytes / rate / 60);
  if (minutes <= 1) return 'less than a minute left';
  if (minutes <= 20) return `about ${minutes} minutes left`;
  const coarse = minutes < 60 ? upTo(5, minutes) : upTo(10, minutes);
  if (coarse < 60) return `about ${coarse} minutes left`;
  if (coarse > 24 * 60) return 'more than a day left';
  const hours = Math.floor(coarse / 60);
  const words = hours === 1 ? '1 hour' : `${hours} hours`;
  const rest = coarse % 60;
  return hours >= 10 ? `about ${Math.ceil(coarse / 60)} hours left` : `about ${words}${rest === 0 ? '' : ` ${rest} minutes`} left`;
}
