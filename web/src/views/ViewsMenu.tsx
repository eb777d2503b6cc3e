import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useAddress } from '../app/address';
import { Icon } from '../ui/Icon';
import { Skeleton } from '../ui/States';
import { usePreferences, useSubscriptions, useViews, useWriter } from './ask';
import { SaveView } from './SaveView';
import { ViewRow } from './ViewRow';

/** Addresses under a name: save this one, open another, star, rename, delete, begin with it. */
export function ViewsMenu() {
  const [open, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button id="views" className="button quiet">
        <Icon name="star" size={16} />
        <span className="button-text">Views</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="views" aria-label="Views">
          <Listed onOpen={() => setOpen(false)} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Listed({ onOpen }: { onOpen: () => void }) {
  const views = useViews();
  const start = usePreferences().data?.start_view ?? null;
  const wishes = useSubscriptions().data ?? [];
  const writer = useWriter();
  const { path, to } = useAddress();
  return (
    <>
      {views.error && !views.data ? (
        <p role="alert" className="bad-text">
          {views.error.message}
        </p>
      ) : !views.data ? (
        <Skeleton lines={3} />
      ) : views.data.length === 0 ? (
        <p className="muted">No view is kept yet. A view is this address under a name.</p>
      ) : (
        <ul>
          {views.data.map((view) => (
            <ViewRow
              key={view.id}
              view={view}
              start={view.id === start}
              wished={wishes.filter((one) => one.view === view.id)}
              writer={writer}
              onOpen={onOpen}
            />
          ))}
        </ul>
      )}
      <SaveView page={path} query={to({})} writer={writer} />
      {writer.error && (
        <p role="alert" className="bad-text">
          {writer.error.message}
        </p>
      )}
    </>
  );
}
