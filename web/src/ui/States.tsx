import { isCancelledError } from '@tanstack/react-query';
import { Component, createContext, type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../api/client';
import { askFailedAgain } from '../api/queries';
import { Icon } from './Icon';

/** Nothing to show, with its cause and one thing to do. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div className="state-action">{action}</div>}
    </div>
  );
}

/** What failed, what to do, and the id under which the server remembers it. */
export function Failure({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  if (isCancelledError(error)) return <Cancelled {...(retry && { retry })} />;
  const problem = error instanceof ApiError ? error.problem : null;
  if (problem && CONFLICTS.includes(problem.status))
    return <Conflict what={what} detail={problem.detail} next={problem.next_step} {...(retry && { retry })} />;
  const denied = problem?.status === 403; // asking again would be refused again
  return (
    <div className="state failed" role="alert">
      <h2>
        <Icon name="warn" /> {denied ? `${what}: no permission` : `${what} could not be loaded`}
      </h2>
      <p>{problem?.detail ?? String(error)}</p>
      {problem?.nearest && problem.nearest.length > 0 && <p>Nearest known: {problem.nearest.join(', ')}</p>}
      {problem?.next_step && <p>{problem.next_step}</p>}
      <div className="state-action">
        {retry && !denied && (
          <button
            type="button"
            className="button"
            onClick={() => {
              retry();
              askFailedAgain();
            }}
          >
            Try again
          </button>
        )}
        {problem?.request_id && <span className="muted">Request {problem.request_id}</span>}
      </div>
    </div>
  );
}

const CONFLICTS = [409, 412];

interface ConflictProps {
  what: string;
  detail: string;
  next: string | null;
  retry?: () => void;
}

/** Somebody else was first: nothing was written, what stands now is a press away. */
function Conflict({ what, detail, next, retry }: ConflictProps) {
  return (
    <div className="state failed" role="alert">
      <h2>
        <Icon name="warn" /> {what} changed meanwhile
      </h2>
      <p>{detail} Nothing of yours was written.</p>
      {next && <p>{next}</p>}
      <div className="state-action">
        {retry && (
          <button type="button" className="button" onClick={retry}>
            Show what stands now
          </button>
        )}
      </div>
    </div>
  );
}

/** What the reader stopped is no failure. */
function Cancelled({ retry }: { retry?: () => void }) {
  return (
    <Empty
      title="Cancelled"
      action={
        retry && (
          <button type="button" className="button" onClick={retry}>
            Ask again
          </button>
        )
      }
    >
      The question was stopped before its answer came.
    </Empty>
  );
}

/** Shape of what is coming, shown only when it takes long enough to be noticed. */
export function Skeleton({ height, lines = 0 }: { height?: number; lines?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  const rows = Array.from({ length: lines }, (_, index) => `line ${index}`);
  return (
    <div
      className={shown ? 'skeletons' : 'skeletons waiting'}
      role="status"
      aria-label="Loading"
      style={height ? { height } : {}}
    >
      {height ? <div className="skeleton fill" /> : rows.map((key) => <div key={key} className="skeleton" />)}
    </div>
  );
}

/** One failing panel never blanks the page. */
export class Guard extends Component<{ what: string; children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failure error={this.state.error} what={this.props.what} retry={() => this.setState({ error: null })} />;
  }
}

interface PanelProps {
  title: string;
  note?: ReactNode;
  tools?: ReactNode;
  busy?: boolean;
  className?: string;
  children: ReactNode;
}

/** The title of the panel around: what a button in it is about. */
export const PanelTitle = createContext('');

/** A titled region that keeps its place while its content loads, fails or is asked again. */
export function Panel({ title, note, tools, busy = false, className = '', children }: PanelProps) {
  return (
    <section className={`panel ${className}`} aria-label={title} aria-busy={busy}>
      <header className="panel-head">
        <h2>{title}</h2>
        {note && <span className="panel-note">{note}</span>}
        {tools && (
          <div className="panel-tools">
            <PanelTitle value={title}>{tools}</PanelTitle>
          </div>
        )}
      </header>
      <div className={busy ? 'panel-body is-old' : 'panel-body'}>
        <Guard what={title}>
          <PanelTitle value={title}>{children}</PanelTitle>
        </Guard>
      </div>
    </section>
  );
}
