import './before-videojs.ts';
import videojs from 'video.js/core.es.js';
import type { OpenRecording, Problem } from '../../preload/contract.ts';
import type { Settings } from '../../preload/settings.ts';
import { mediumWords } from '../text/common.ts';
import { playerText } from '../text/player.ts';
import { review as text } from '../text/review.ts';
import { captionText, type Cue } from './cues.ts';
import type { Interval } from '../../preload/intervals.ts';
import { Frames } from './frames.ts';
import { hoverPictures } from './hoverPictures.ts';
import { identityStrip } from './identityStrip.ts';
import { rates, stepRate } from './keys.ts';
import { loopBack, mark, noMarks, stretchOf, type Marks } from './marks.ts';
import { isMasked } from './masks.ts';
import { PlaybackReporter } from './PlaybackReporter.ts';
import { startWatermark } from './watermark.ts';

/** What of the person's settings the player itself follows and changes. */
export type Look = Pick<Settings, 'captions' | 'captionSize' | 'captionBackground' | 'rate' | 'volume'>;

export interface PlayerControls {
  /** Seconds. */
  position: () => number;
  duration: () => number;
  isPlaying: () => boolean;
  play: () => void;
  pause: () => void;
  toggle: () => void;
  seek: (position: number) => void;
  skip: (seconds: number) => void;
  /** One frame back or on; pauses. */
  step: (by: 1 | -1) => void;
  faster: (step: 1 | -1) => void;
  showCaptions: (on: boolean) => void;
  fullScreen: () => void;
  /** In and out, as they now are. */
  marks: () => Marks;
  setMarks: (marks: Marks) => void;
  /** Sets one end where the player is. */
  mark: (end: 'in' | 'out') => void;
  /** Called at every change of in, out or loop, until what it returns is called. */
  onMarks: (listener: (marks: Marks, loops: boolean) => void) => () => void;
  /** Plays between in and out again and again; ends where one of them goes. */
  loop: (on: boolean) => void;
  /** Follows what was chosen elsewhere. */
  look: (look: Look) => void;
  /** Stretches of which picture, sound and captions are hidden. */
  mask: (masks: readonly Interval[]) => void;
  /** Puts the focus on the player, where its keys work. */
  focus: () => void;
  /** Stops sound and picture, empties the buffer, drops the captions and leaves the frame blank. Safe to call twice. */
  dispose: () => void;
}

interface Listeners {
  onPosition: (position: number) => void;
  onFailed: (problem: Problem) => void;
  /** The person changed this with the player's own controls or keys. */
  onChosen: (changed: Partial<Look>) => void;
  onDuration: (seconds: number) => void;
  /** It plays for the first time, or the person went somewhere. */
  onBegun: () => void;
  /** The picture or sound that is wanted has not come yet, or has. */
  onWaiting: (waits: boolean) => void;
  /** Stretches that were shown since the last call. */
  onShown: (intervals: readonly Interval[]) => void;
}

/** ms */
const SAME_PICTURE = 120;

// Its messages name addresses and would reach the console.
videojs.log.level('off');

/** Builds video.js inside `frame`. The media is asked for only once the screen around it has been painted. */
export function createPlayer(frame: HTMLElement, recording: OpenRecording, cues: readonly Cue[], chosen: Look, listeners: Listeners): PlayerControls {
  const element = document.createElement('video-js');
  frame.replaceChildren(element);

  const player = videojs(element, {
    controls: true, fill: true, preload: 'auto', playsinline: true, inactivityTimeout: 0,
    experimentalSvgIcons: true, playbackRates: rates, disablePictureInPicture: true,
    posterImage: false, titleBar: false, liveTracker: false, errorDisplay: false, textTrackSettings: false,
    bigPlayButton: { controlText: text.playButton },
    // Keys are the app's own: video.js has no J, K, L.
    userActions: { hotkeys: false },
    controlBar: {
      skipButtons: { backward: 10, forward: 10 },
      volumePanel: { inline: true },
      // The time under the bar's end, which nothing shows here: each jump would have it measured.
      progressControl: { seekBar: { playProgressBar: { timeTooltip: false } } },
      pictureInPictureToggle: false, subsCapsButton: false, chaptersButton: false, descriptionsButton: false, audioTrackButton: false,
      liveDisplay: false, seekToLive: false, customControlSpacer: false, remainingTimeDisplay: false,
    },
  });
  const media = element.querySelector('video');
  if (!media) throw new Error('video.js made no video element');
  media.disablePictureInPicture = true;
  media.disableRemotePlayback = true;
  media.preservesPitch = true;
  media.setAttribute('controlslist', 'nodownload noremoteplayback');
  element.addEventListener('contextmenu', (event) => event.preventDefault());

  const track = cues.length === 0 ? undefined : player.addTextTrack('captions', text.captions, recording.transcript?.language ?? 'en');
  for (const cue of cues) track?.addCue(new VTTCue(cue.from, cue.to, captionText(cue)));

  // A line keeps the place that it was given for the old size of the frame, or of its letters, until it is told to forget it.
  const placeCaptions = () => {
    for (const cue of Array.from(track?.cues ?? [])) Object.assign(cue, { displayState: undefined });
    player.trigger('texttrackchange');
  };
  player.on(['playerresize', 'fullscreenchange'], placeCaptions);

  if (recording.medium === 'audio') {
    const label = document.createElement('p');
    label.className = 'vr-sound-only';
    label.textContent = mediumWords.audio;
    element.append(label);
  }
  const cover = document.createElement('p');
  cover.className = 'vr-cover';
  cover.dataset.testid = 'cover';
  cover.textContent = playerText.masked;
  cover.hidden = true;
  element.append(cover);
  const stopWatermark = startWatermark(element, recording.watermark);
  element.append(identityStrip(recording));
  const reporter = new PlaybackReporter(recording.grant, recording.medium, media, (intervals) => listeners.onShown(intervals));

  let disposed = false;
  let look = chosen;
  let marks = noMarks;
  let loops = false;
  let masks: readonly Interval[] = [];
  /** While a stretch is hidden: whether the person had the sound off. */
  let mutedBefore: boolean | null = null;
  const markListeners = new Set<(marks: Marks, loops: boolean) => void>();

  const length = () => (Number.isFinite(media.duration) ? media.duration : 0);
  /** No picture has come since the position was moved. */
  let jumped = true;
  const goTo = (position: number) => {
    if (disposed) return;
    jumped = true;
    player.currentTime(Math.min(length(), Math.max(0, position)));
  };

  const showCaptions = () => {
    if (track) track.mode = look.captions && mutedBefore === null ? 'showing' : 'hidden';
  };
  const applyLook = (next: Look) => {
    look = next;
    // Loading goes back to the default, so that is set too.
    player.defaultPlaybackRate(next.rate);
    if (media.playbackRate !== next.rate) player.playbackRate(next.rate);
    if (media.volume !== next.volume) player.volume(next.volume);
    const classes = [`vr-captions--${next.captionSize}`, `vr-captions--${next.captionBackground}`];
    const isNew = !classes.every((name) => element.classList.contains(name));
    element.classList.remove(...Array.from(element.classList).filter((name) => name.startsWith('vr-captions--')));
    element.classList.add(...classes);
    showCaptions();
    if (isNew) placeCaptions();
  };
  applyLook(chosen);
  // A change of the look that is the person's, and not what was just applied.
  const choose = (changed: Partial<Look>) => {
    if (disposed || Object.entries(changed).every(([name, value]) => look[name as keyof Look] === value)) return;
    look = { ...look, ...changed };
    listeners.onChosen(changed);
  };
  media.addEventListener('ratechange', () => choose({ rate: media.playbackRate }));
  media.addEventListener('volumechange', () => {
    // The sound of a hidden stretch stays off, whatever is pressed; what was pressed counts after it.
    if (mutedBefore !== null && !media.muted) media.muted = true;
    if (!disposed) choose({ volume: media.volume });
  });

  /** Covers at once; uncovers only when the picture is of the place where the player is. */
  const coverWhereHidden = () => {
    if (disposed) return;
    const hide = isMasked(masks, media.currentTime, media.paused ? 0 : media.playbackRate);
    if (hide && mutedBefore === null) {
      mutedBefore = media.muted;
      media.muted = true;
      cover.hidden = false;
      showCaptions();
    } else if (!hide && mutedBefore !== null && !media.seeking) {
      const before = mutedBefore;
      mutedBefore = null;
      media.muted = before;
      cover.hidden = true;
      showCaptions();
    }
  };
  const goRound = (ended: boolean) => {
    if (!loops || media.seeking) return;
    const back = loopBack(marks, media.currentTime, ended);
    if (back === null) return;
    goTo(back);
    if (ended) void player.play();
  };

  // While something has an end to keep to, the position is looked at with every frame of the screen; `timeupdate` comes in any case.
  let looking = 0;
  const watchEnds = () => {
    looking = 0;
    if (disposed || media.paused || (!loops && masks.length === 0)) return;
    coverWhereHidden();
    goRound(false);
    looking = requestAnimationFrame(watchEnds);
  };
  const keepLooking = () => {
    if (looking === 0) looking = requestAnimationFrame(watchEnds);
  };
  for (const name of ['loadstart', 'seeking', 'waiting']) media.addEventListener(name, () => listeners.onWaiting(true));
  for (const name of ['canplay', 'seeked', 'playing', 'error']) media.addEventListener(name, () => listeners.onWaiting(false));
  media.addEventListener('playing', () => {
    listeners.onBegun();
    keepLooking();
  });
  for (const name of ['timeupdate', 'seeking', 'seeked', 'pause', 'ratechange']) media.addEventListener(name, coverWhereHidden);
  media.addEventListener('ended', () => goRound(true));
  media.addEventListener('timeupdate', () => {
    if (disposed) return;
    goRound(false);
    listeners.onPosition(media.currentTime);
  });
  // With the first picture, or a change after it: what is drawn by the length would be drawn while that is on its way.
  for (const name of ['loadeddata', 'durationchange']) media.addEventListener(name, () => {
    if (!disposed && media.readyState >= media.HAVE_CURRENT_DATA) listeners.onDuration(length());
  });

  const frames = new Frames();
  media.addEventListener('seeking', () => {
    jumped = true;
    if (disposed) return;
    // What is sought may not be here for a while, and until then the media itself says no new time.
    player.trigger('timeupdate');
    listeners.onPosition(media.currentTime);
  });
  // Nothing is told of a frame that stays: some time after a step has ended it is taken to be the same.
  let settled: ReturnType<typeof setTimeout> | undefined;
  media.addEventListener('seeked', () => {
    clearTimeout(settled);
    settled = setTimeout(() => {
      const further = disposed ? null : frames.unchanged();
      if (further !== null) goTo(further);
    }, SAME_PICTURE);
  });
  const onFrame: VideoFrameRequestCallback = (_now, { mediaTime }) => {
    if (disposed) return;
    frames.shown(mediaTime, !jumped);
    jumped = false;
    media.requestVideoFrameCallback(onFrame);
  };
  media.requestVideoFrameCallback(onFrame);

  player.on('error', () => {
    const code = player.error()?.code;
    if (disposed) return;
    // 3: decoding failed; 4: the format is not known. Anything else is a stream that broke off, of which the main process knows why.
    const undecodable = code === 3 || code === 4;
    listeners.onFailed({ code: undecodable ? 'recording-undecodable' : 'internal', message: `media error ${code ?? 0}` });
  });

  const stopPictures = recording.sensitive || recording.arriving || recording.medium === 'audio' ? () => undefined : hoverPictures(element, recording, media, (at) => isMasked(masks, at, 1));

  // Two frames on, the patient's name beside the player has been painted, and with the third it is on the screen. Not a byte of the recording is asked for before that.
  let waiting = 0;
  const afterFrames = (count: number) => {
    waiting = requestAnimationFrame(() => {
      if (disposed) return;
      if (count > 1) afterFrames(count - 1);
      else player.src({ src: recording.mediaUrl, type: recording.contentType });
    });
  };
  afterFrames(3);

  const seek = (position: number) => {
    if (disposed) return;
    frames.left();
    listeners.onBegun();
    goTo(position);
  };
  const setMarks = (next: Marks) => {
    if (disposed) return;
    marks = next;
    loops &&= stretchOf(next) !== null;
    for (const listener of markListeners) listener(marks, loops);
  };
  const play = () => {
    if (!disposed) void player.play();
  };

  return {
    seek,
    position: () => media.currentTime,
    duration: length,
    isPlaying: () => !disposed && !media.paused,
    play,
    pause: () => {
      if (!disposed) player.pause();
    },
    toggle: () => {
      if (media.paused) play();
      else if (!disposed) player.pause();
    },
    skip: (seconds) => seek(media.currentTime + seconds),
    step: (by) => {
      if (disposed) return;
      player.pause();
      listeners.onBegun();
      goTo(frames.step(by, media.currentTime, !jumped));
    },
    faster: (step) => {
      if (!disposed) player.playbackRate(stepRate(media.playbackRate, step));
    },
    showCaptions: (on) => {
      if (disposed || !track) return;
      choose({ captions: on });
      showCaptions();
    },
    fullScreen: () => {
      if (disposed) return;
      if (player.isFullscreen()) void player.exitFullscreen();
      else void player.requestFullscreen();
    },
    marks: () => marks,
    setMarks,
    mark: (end) => setMarks(mark(marks, end, media.currentTime)),
    onMarks: (listener) => {
      markListeners.add(listener);
      return () => markListeners.delete(listener);
    },
    loop: (on) => {
      if (disposed) return;
      loops = on && stretchOf(marks) !== null;
      for (const listener of markListeners) listener(marks, loops);
      keepLooking();
    },
    look: (next) => {
      if (!disposed) applyLook(next);
    },
    mask: (next) => {
      masks = next;
      coverWhereHidden();
      keepLooking();
    },
    focus: () => frame.focus(),
    dispose: () => {
      if (disposed) return;
      disposed = true;
      cancelAnimationFrame(waiting);
      cancelAnimationFrame(looking);
      clearTimeout(settled);
      media.pause();
      stopPictures();
      reporter.stop();
      stopWatermark();
      markListeners.clear();
      if (track) {
        track.mode = 'disabled';
        for (const cue of Array.from(track.cues ?? [])) track.removeCue(cue);
      }
      player.dispose();
      // video.js has let go of its element; these empty the decoder's buffer whatever it did before.
      media.removeAttribute('src');
      media.load();
      frame.replaceChildren();
    },
  };
}
