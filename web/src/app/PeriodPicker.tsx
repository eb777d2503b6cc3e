import { type Days, type FiscalCalendar, fiscalName, halfOpen } from '../format/dates';
import { FISCAL_PERIODS, PERIODS, periodLabel, step } from '../query/period';
import { Icon } from '../ui/Icon';
import { PanelButton } from '../ui/PanelButton';
import { usePreferences } from '../views/ask';
import { DaysForm } from './DaysForm';

interface PeriodPickerProps {
  value: string;
  covered: Days | null; // what the answer says the word stands for
  onChange: (period: string) => void;
}

/** Which days: a word, a range of days, and one step back or forth. */
export function PeriodPicker({ value, covered, onChange }: PeriodPickerProps) {
  const days = covered ? halfOpen(covered) : '';
  const fiscal = usePreferences().data;
  const label = labelOf(value, covered, fiscal);
  return (
    <div className="joined">
      <button
        type="button"
        className="button"
        aria-label="Earlier"
        disabled={!covered}
        onClick={() => covered && onChange(step(covered, -1))}
      >
        <Icon name="left" size={16} />
      </button>
      <PanelButton
        className="button"
        label="Period"
        panelClass="period"
        panel={(close) => (
          <PeriodChoices
            value={value}
            covered={covered}
            fiscal={fiscal !== undefined && fiscal.fiscal_year_starts !== 1}
            onChange={(period) => {
              onChange(period);
              close();
            }}
          />
        )}
      >
        <Icon name="calendar" size={16} />
        <span className="visually-hidden">Period: </span>
        <span className="button-text">
          {label}
          {days && days !== label && <span className="muted wide-only"> {days}</span>}
        </span>
        <Icon name="down" size={14} />
      </PanelButton>
      <button
        type="button"
        className="button"
        aria-label="Later"
        disabled={!covered}
        onClick={() => covered && onChange(step(covered, 1))}
      >
        <Icon name="right" size={16} />
      </button>
    </div>
  );
}

/** A word of the fiscal calendar with the name that the organisation has for those days. */
function labelOf(value: string, covered: Days | null, fiscal: FiscalCalendar | undefined): string {
  if (!covered || !fiscal || !value.includes('fiscal')) return periodLabel(value);
  return `${periodLabel(value)}, ${fiscalName(covered.start, value.includes('quarter'), fiscal)}`;
}

function PeriodChoices({ value, covered, fiscal, onChange }: PeriodPickerProps & { fiscal: boolean }) {
  return (
    <>
      <ul className="period-words">
        {(fiscal ? [...PERIODS, ...FISCAL_PERIODS] : PERIODS).map((period) => (
          <li key={period.word}>
            <button
              type="button"
              className="menu-item"
              aria-pressed={period.word === value}
              onClick={() => onChange(period.word)}
            >
              <span className="menu-check">{period.word === value && <Icon name="check" size={14} />}</span>
              {period.label}
            </button>
          </li>
        ))}
      </ul>
      <DaysForm covered={covered} submit="Show these days" onChange={onChange} />
    </>
  );
}
