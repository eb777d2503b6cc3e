import { Failure, Panel, Skeleton } from '../ui/States';
import { usePreferences, useViews } from '../views/ask';
import { ColourPlaces } from './ColourPlaces';
import { PreferencesForm } from './PreferencesForm';

export default function Body() {
  const preferences = usePreferences();
  const views = useViews();
  const failed = preferences.error ?? views.error;
  return (
    <div className="stack">
      <Panel title="For everybody, and where you begin">
        {preferences.data && views.data ? (
          <PreferencesForm now={preferences.data} views={views.data} />
        ) : failed ? (
          <Failure error={failed} what="The settings" retry={() => [preferences.refetch(), views.refetch()]} />
        ) : (
          <Skeleton lines={6} />
        )}
      </Panel>
      <Panel title="Colours">
        <ColourPlaces />
      </Panel>
    </div>
  );
}
