export { formatNhsNumber } from '../../preload/words.ts';
