import { Icon } from '../ui/Icon';
import { PanelButton } from '../ui/PanelButton';
import { Skeleton } from '../ui/States';
import { usePreferences, useSubscriptions, useViews, useWriter } from './ask';
import { SaveView } from './SaveView';
import { ViewRow } from './ViewRow';

/** Addresses under a name: save this one, open another, star, rename, delete, begin with it. */
export function ViewsMenu() {
  return (
    <PanelButton
      id="views"
      className="button quiet"
      label="Views"
      panelClass="views"
      placement="bottom end"
      panel={(close) => <Listed onOpen={close} />}
    >
      <Icon name="star" size={16} />
      <span className="button-text">Views</span>
    </PanelButton>
  );
}

function Listed({ onOpen }: { onOpen: () => void }) {
  const views = useViews();
  const start = usePreferences().data?.start_view ?? null;
  const wishes = useSubscriptions().data ?? [];
  const writer = useWriter();
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
      <SaveView writer={writer} />
      {writer.error && (
        <p role="alert" className="bad-text">
          {writer.error.message}
        </p>
      )}
    </>
  );
}
