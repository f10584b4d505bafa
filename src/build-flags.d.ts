/** Replaced at compile time: `true` only in `electron-vite build --mode test`, so that test hooks are cut out of the shipped bundle. */
declare const __TEST_BUILD__: boolean;
