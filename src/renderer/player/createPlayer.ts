import './before-videojs.ts';
import videojs from 'video.js/core.es.js';
import type { OpenRecording, Problem } from '../../preload/contract.ts';
import { mediumWords } from '../text/common.ts';
import { review as text } from '../text/review.ts';
import { captionText, type Cue } from './cues.ts';
import { identityStrip } from './identityStrip.ts';
import { rates, stepRate } from './keys.ts';
import { noMarks, type Marks } from './marks.ts';
import { PlaybackReporter } from './PlaybackReporter.ts';
import { startWatermark } from './watermark.ts';

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
  faster: (step: 1 | -1) => void;
  showCaptions: (on: boolean) => void;
  /** Puts the focus on the picture, where the keys of the player work. */
  focus?: () => void;
  /** The stretch that is being chosen with I and O. */
  marks?: () => Marks;
  setMarks?: (marks: Marks) => void;
  /** Stops sound and picture, empties the buffer, drops the captions and leaves the frame blank. Safe to call twice. */
  dispose: () => void;
}

interface Listeners {
  onPosition: (position: number) => void;
  onFailed: (problem: Problem) => void;
  onCaptions: (on: boolean) => void;
  onMarks?: (marks: Marks) => void;
}

// Its messages name addresses and would reach the console.
videojs.log.level('off');

/** Builds video.js inside `frame`. The media is asked for only once the screen around it has been painted. */
export function createPlayer(frame: HTMLElement, recording: OpenRecording, cues: readonly Cue[], listeners: Listeners): PlayerControls {
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
      pictureInPictureToggle: false, subsCapsButton: false, chaptersButton: false, descriptionsButton: false, audioTrackButton: false,
      liveDisplay: false, seekToLive: false, customControlSpacer: false, remainingTimeDisplay: false,
    },
  });
  const media = element.querySelector('video');
  if (!media) throw new Error('video.js made no video element');
  media.disablePictureInPicture = true;
  media.disableRemotePlayback = true;
  media.setAttribute('controlslist', 'nodownload noremoteplayback');
  element.addEventListener('contextmenu', (event) => event.preventDefault());

  const track = cues.length === 0 ? undefined : player.addTextTrack('captions', text.captions, recording.transcript?.language ?? 'en');
  if (track) {
    for (const cue of cues) track.addCue(new VTTCue(cue.from, cue.to, captionText(cue)));
    track.mode = 'showing';
  }

  // A line keeps the place that it was given for the old size of the frame until it is told to forget it.
  player.on(['playerresize', 'fullscreenchange'], () => {
    for (const cue of Array.from(track?.cues ?? [])) Object.assign(cue, { displayState: undefined });
    player.trigger('texttrackchange');
  });

  if (recording.medium === 'audio') {
    const label = document.createElement('p');
    label.className = 'vr-sound-only';
    label.textContent = mediumWords.audio;
    element.append(label);
  }
  const stopWatermark = startWatermark(element, recording.watermark);
  element.append(identityStrip(recording));
  const reporter = new PlaybackReporter(recording.grant, recording.medium, media);

  let marks = noMarks;
  let disposed = false;
  media.addEventListener('timeupdate', () => {
    if (!disposed) listeners.onPosition(media.currentTime);
  });
  player.on('error', () => {
    const code = player.error()?.code;
    if (disposed) return;
    // 3: decoding failed; 4: the format is not known. Anything else is a stream that broke off, of which the main process knows why.
    const undecodable = code === 3 || code === 4;
    listeners.onFailed({ code: undecodable ? 'recording-undecodable' : 'internal', message: `media error ${code ?? 0}` });
  });

  // Two frames on, the patient's name beside the player has been painted. Not a byte of the recording is asked for before that.
  let waiting = requestAnimationFrame(() => {
    waiting = requestAnimationFrame(() => {
      if (!disposed) player.src({ src: recording.mediaUrl, type: recording.contentType });
    });
  });

  const length = () => (Number.isFinite(media.duration) ? media.duration : 0);
  const seek = (position: number) => {
    if (!disposed) player.currentTime(Math.min(length(), Math.max(0, position)));
  };

  return {
    seek,
    position: () => media.currentTime,
    duration: length,
    isPlaying: () => !disposed && !media.paused,
    play: () => {
      if (!disposed) void player.play();
    },
    pause: () => {
      if (!disposed) player.pause();
    },
    toggle: () => {
      if (disposed) return;
      if (media.paused) void player.play();
      else player.pause();
    },
    skip: (seconds) => seek(media.currentTime + seconds),
    faster: (step) => {
      if (!disposed) player.playbackRate(stepRate(media.playbackRate, step));
    },
    showCaptions: (on) => {
      if (disposed || !track) return;
      track.mode = on ? 'showing' : 'hidden';
      listeners.onCaptions(on);
    },
    focus: () => frame.focus(),
    marks: () => marks,
    setMarks: (next) => {
      marks = next;
      if (!disposed) listeners.onMarks?.(marks);
    },
    dispose: () => {
      if (disposed) return;
      disposed = true;
      cancelAnimationFrame(waiting);
      media.pause();
      reporter.stop();
      stopWatermark();
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
