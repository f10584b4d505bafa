/** Frames of a recording as small JPEGs, from a second element on the same grant that nobody sees or hears. */

const WIDTH = 160;
const QUALITY = 0.7;
/** ms */
const PATIENCE = 5000;
/** It holds a buffer and a decoder: not for longer than somebody looks. */
const UNUSED = 10_000;

export interface StillFrames {
  /** Rejects where there is no such frame, or none in time. One at a time. */
  take: (at: number) => Promise<Blob>;
  dispose: () => void;
}

export function stillFrames(mediaUrl: string): StillFrames {
  let media: HTMLVideoElement | null = null;
  let disposed = false;
  const isOver = () => disposed;
  let unused: ReturnType<typeof setTimeout> | undefined;

  const letGo = () => {
    clearTimeout(unused);
    const held = media;
    media = null;
    if (!held) return;
    held.removeAttribute('src');
    held.load();
  };
  const open = (): HTMLVideoElement => {
    const element = document.createElement('video');
    // A canvas gives out only what its page may read.
    element.crossOrigin = 'anonymous';
    element.muted = true;
    element.preload = 'metadata';
    element.src = mediaUrl;
    return element;
  };
  const happened = (element: HTMLVideoElement, name: string) =>
    new Promise<void>((resolve, reject) => {
      const ended = new AbortController();
      const settle = (done: () => void) => {
        ended.abort();
        clearTimeout(timer);
        done();
      };
      const timer = setTimeout(() => settle(() => reject(new Error('no frame in time'))), PATIENCE);
      element.addEventListener(name, () => settle(resolve), { signal: ended.signal });
      for (const failed of ['error', 'emptied']) element.addEventListener(failed, () => settle(() => reject(new Error('no frame'))), { signal: ended.signal });
    });

  return {
    take: async (at) => {
      if (isOver()) throw new Error('disposed');
      clearTimeout(unused);
      const element = (media ??= open());
      try {
        if (element.readyState === 0) await happened(element, 'loadedmetadata');
        const seeked = happened(element, 'seeked');
        element.currentTime = Math.min(at, Math.max(0, element.duration - 0.1));
        await seeked;
        const canvas = document.createElement('canvas');
        canvas.width = WIDTH;
        canvas.height = Math.round((WIDTH * element.videoHeight) / element.videoWidth);
        canvas.getContext('2d')?.drawImage(element, 0, 0, canvas.width, canvas.height);
        const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
        if (jpeg?.type !== 'image/jpeg') throw new Error('no picture');
        return jpeg;
      } catch (error) {
        letGo();
        throw error;
      } finally {
        clearTimeout(unused);
        if (!isOver()) unused = setTimeout(letGo, UNUSED);
      }
    },
    dispose: () => {
      disposed = true;
      letGo();
    },
  };
}
