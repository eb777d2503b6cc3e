import type { Answer } from '../api/types';
import { halfOpen, known } from '../format/dates';
import { periodLabel } from '../query/period';
import { Icon } from '../ui/Icon';
import { PanelButton } from '../ui/PanelButton';
import { DaysForm } from './DaysForm';

const CHOICES = [
  { id: 'none', label: 'No comparison', note: '' },
  { id: 'previous', label: 'Days before', note: 'The same number of days, like for like' },
  { id: 'year', label: 'A year before', note: 'The same days last year' },
];

interface ComparePickerProps {
  value: string;
  answer: Answer | undefined; // says which days a word stands for
  onChange: (compare: string) => void;
}

/** What the days are held against: a word, or days of the reader's own. */
export function ComparePicker({ value, answer, onChange }: ComparePickerProps) {
  return (
    <PanelButton
      className="button"
      label="Compare with"
      panelClass="period"
      panel={(close) => {
        const choose = (compare: string) => {
          onChange(compare);
          close();
        };
        return (
          <>
            <ul className="period-words">
              {CHOICES.map((choice) => (
                <li key={choice.id}>
                  <button
                    type="button"
                    className="menu-item"
                    aria-pressed={choice.id === value}
                    onClick={() => choose(choice.id)}
                  >
                    <span className="menu-check">{choice.id === value && <Icon name="check" size={14} />}</span>
                    <span className="menu-label">
                      <span>{choice.label}</span>
                      {choice.note && <span className="menu-note">{choice.note}</span>}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <DaysForm
              covered={known(answer?.compare) ?? known(answer?.period)}
              submit="Compare with these days"
              onChange={choose}
            />
          </>
        );
      }}
    >
      <span className="visually-hidden">Compare with: </span>
      <span className="button-text">{textOf(value, answer)}</span>
      <Icon name="down" size={14} />
    </PanelButton>
  );
}

function textOf(compare: string, answer: Answer | undefined): string {
  if (compare === 'none') return 'No comparison';
  if (answer?.compare?.start) return `vs ${halfOpen(answer.compare)}`;
  return CHOICES.find((choice) => choice.id === compare)?.label ?? `vs ${periodLabel(compare)}`;
}
