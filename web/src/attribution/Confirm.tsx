import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Called, OwnNames } from '../app/Called';
import { signed } from '../chart/StepParts';
import { isZero } from '../format/decimal';
import { count, money } from '../format/format';
import type { Action } from '../jobs/follow';
import { JobProgress } from '../jobs/JobProgress';
import type { Preview } from './ask';
import { FaultList } from './Faults';
import { Coverage } from './Preview';

interface ConfirmProps {
  title: string;
  act: string;
  found: Preview;
  base: number; // the version in force
  action: Action;
  writable?: boolean; // whether the rules can be published from here
  children?: ReactNode; // more about the change
  onClose: () => void;
}

const SHOWN = 12;

/** Before rules are published: whose cost would go up or down by how much, and how to go back. */
export default function Confirm({ title, act, found, base, action, writable = true, children, onClose }: ConfirmProps) {
  const moved = found.effects.filter(({ change }) => !isZero(change));
  const closed = found.by_month.some(({ would_be }) => would_be);
  return (
    <ModalOverlay
      isOpen
      isDismissable={!action.busy}
      onOpenChange={(open) => !open && onClose()}
      className="dialog-back"
    >
      <Modal className="dialog">
        <Dialog className="confirm-publish">
          <Heading slot="title">{title}</Heading>
          <Coverage found={found} />
          {moved.length > 0 && (
            <ul className="effect" aria-label="Cost by owner, before and after">
              {moved.slice(0, SHOWN).map((one) => (
                <li key={`${one.team} ${one.currency}`}>
                  <OwnNames value={{ team: found.names }}>
                    <Called value={one.team} />
                  </OwnNames>{' '}
                  <span className="num">
                    {money(one.before)} → {money(one.after)} {one.currency} ({signed(one.change)})
                  </span>
                </li>
              ))}
              {moved.length > SHOWN && <li>and {count(moved.length - SHOWN)} more, in the preview</li>}
            </ul>
          )}
          {!found.passed && <p className="bad-text">Not all assertions of the draft hold.</p>}
          <p className="muted">
            Amounts are effective cost of the last {count(found.periods.length)} billing periods.{' '}
            {closed && 'Closed months keep their owners. '}
            {base > 0 && `Version ${base} stays in the list of versions and can be published again.`}
          </p>
          {children}
          {action.job && action.busy && <JobProgress job={action.job} />}
          {action.error && <Refused error={action.error} />}
          <div className="tools">
            <button type="button" className="button primary" disabled={action.busy || !writable} onClick={action.run}>
              {action.busy ? 'Publishing…' : act}
            </button>
            <button type="button" className="button" disabled={action.busy} onClick={onClose}>
              Cancel
            </button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Refused({ error }: { error: Error }) {
  return (
    <div role="alert" className="bad-text">
      <p>{error.message} What was in force stays in force.</p>
      <FaultList error={error} />
    </div>
  );
}
