import { useState } from 'react';
import { useCatalogue, useColours } from '../api/queries';
import { Mark } from '../chart/Legend';
import { swatchAt } from '../chart/palette';
import { Failure, Skeleton } from '../ui/States';
import { useWriter } from '../views/ask';

const READ_AGAIN = ['colours'];

/** Which value has which colour; they can be given anew, by what is dear now. */
export function ColourPlaces() {
  const dimensions = useCatalogue().data?.dimensions ?? [];
  const [dimension, setDimension] = useState('team');
  const [sure, setSure] = useState(false);
  const colours = useColours(dimension);
  const writer = useWriter(READ_AGAIN);
  const places = Object.entries(colours.data?.slots ?? {}).sort((a, b) => a[1] - b[1]);
  const give = async () => {
    if (await writer.send('POST', `/colours?dimension=${encodeURIComponent(dimension)}`)) setSure(false);
  };
  return (
    <>
      <p className="muted">
        A colour belongs to a value and stays with it: eight solid, eight hatched, eight dotted, by the cost when it was
        first seen.
      </p>
      <div className="form-acts">
        <label>
          Colours of{' '}
          <select
            className="input"
            value={dimension}
            onChange={(event) => {
              setDimension(event.target.value);
              setSure(false);
            }}
          >
            {dimensions.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {sure ? (
          <>
            <span>Charts that people know will look different.</span>
            <button type="button" className="button danger" onClick={give}>
              Give them anew
            </button>
            <button type="button" className="button" onClick={() => setSure(false)}>
              Keep them
            </button>
          </>
        ) : (
          <button type="button" className="button" onClick={() => setSure(true)}>
            Rebalance by the last 90 days
          </button>
        )}
      </div>
      {writer.error && (
        <p role="alert" className="bad-text">
          {writer.error.message}
        </p>
      )}
      {colours.error && !colours.data ? (
        <Failure error={colours.error} what="The colours" retry={() => colours.refetch()} />
      ) : !colours.data ? (
        <Skeleton lines={3} />
      ) : (
        <ol className="colour-places">
          {places.map(([value, place]) => (
            <li key={value}>
              <Mark swatch={swatchAt(place - 1)} /> {value}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
