// Keeps the last picture on show while a stream is away: an engine that lets go of its video leaves it black.

export interface Still {
  keep(): void;
  drop(): void;
}

export function keepStill(video: HTMLVideoElement, canvas: HTMLCanvasElement): Still {
  return {
    keep: () => {
      const { videoWidth, videoHeight } = video;
      if (videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
      canvas.width = videoWidth;
      canvas.height = videoHeight;
      canvas.getContext('2d')?.drawImage(video, 0, 0);
      canvas.hidden = false;
    },
    drop: () => (canvas.hidden = true),
  };
}
