/** Replaced at compile time: `true` only in `electron-vite build --mode test`, so that test hooks are cut out of the shipped bundle. */
declare const __TEST_BUILD__: boolean;
/** Replaced at compile time, in the preload script and the door: the names of the contract's methods and pushes. Their schemas are for the main process, and took a tenth of a second to make in every page, and are not waited for by the window. */
declare const __METHODS__: readonly string[];
declare const __PUSHES__: readonly string[];
