/** The player without its streaming engine; it ships no types of its own for this entry. */
declare module 'video.js/core.es.js' {
  export { default } from 'video.js';
}

/** The parser of video.js's captions; ships no types. */
declare module 'videojs-vtt.js' {
  interface ParsedCue {
    startTime: number;
    endTime: number;
    text: string;
  }
  interface Parser {
    oncue: ((cue: ParsedCue) => void) | null;
    onparsingerror: ((error: unknown) => void) | null;
    parse(text: string): Parser;
    flush(): Parser;
  }
  const vttjs: {
    WebVTT: { Parser: new (window: { VTTCue: unknown; VTTRegion: unknown }, decoder: unknown) => Parser; StringDecoder: () => unknown };
    VTTCue: unknown;
    VTTRegion: unknown;
  };
  export default vttjs;
}
