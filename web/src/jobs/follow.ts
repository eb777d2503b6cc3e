/** Follow long work to its end: one stream of events per job, and the job's document as it changes. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { API, ApiError, write } from '../api/client';
import { forgetAnswers } from '../api/queries';
import type { Job } from '../api/types';

/** `onLost`: the server knows nothing of it any more, as after a restart. */
export function follow(id: string, onChange: (job: Job) => void, onEnd: () => void, onLost?: () => void): () => void {
  const stream = new EventSource(`${API}/jobs/${encodeURIComponent(id)}/events`);
  const read = (event: MessageEvent<string>) => onChange(JSON.parse(event.data) as Job);
  const finish = (event: MessageEvent<string>) => {
    read(event);
    stream.close();
    onEnd();
  };
  stream.addEventListener('progress', read);
  stream.addEventListener('done', finish);
  stream.addEventListener('failed', finish);
  stream.onerror = () => stream.readyState === EventSource.CLOSED && onLost?.();
  return () => stream.close();
}

/** A job as it changes, from its stream of events; null until the first one, and without an id. */
export function useFollowed(id: string): Job | null {
  const [job, setJob] = useState<Job | null>(null);
  useEffect(() => {
    setJob(null);
    return id ? follow(id, setJob, () => void forgetAnswers()) : undefined;
  }, [id]);
  return job?.id === id ? job : null;
}

export interface Action {
  run: () => void;
  job: Job | null;
  busy: boolean;
  error: ApiError | Error | null; // of asking, or of the job itself
  ended: boolean;
}

/** A button's work: ask, follow the job that answers, and forget every cached answer when it ends. */
export function useAction(method: 'POST' | 'DELETE' | 'PUT', path: string, body?: unknown): Action {
  const [job, setJob] = useState<Job | null>(null);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [ended, setEnded] = useState(false);
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);
  const run = useCallback(() => {
    setAsking(true);
    setError(null);
    setEnded(false);
    const end = () => {
      setEnded(true);
      setAsking(false);
      forgetAnswers();
    };
    write<{ job?: string } | null>(method, path, body)
      .then((accepted) => {
        if (!accepted?.job) return end();
        stop.current = follow(accepted.job, setJob, end);
      })
      .catch((reason: Error) => {
        setError(reason);
        setAsking(false);
      });
  }, [method, path, body]);
  return { run, job, busy: asking, error: error ?? (job?.error ? new ApiError(job.error) : null), ended };
}
