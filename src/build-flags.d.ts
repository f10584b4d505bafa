/** Replaced at compile time: `true` only in `electron-vite build --mode test`, so that test hooks are cut out of the shipped bundle. */
declare const __TEST_BUILD__: boolean;
/** Replaced at compile time, in the preload script, the door and the log, and for unit tests: the names of the contract's methods and pushes. Their schemas are for the main process alone: they take a tenth of a second to make, which neither a page nor the first screen waits for. */
declare const __METHODS__: readonly string[];
declare const __PUSHES__: readonly string[];
