import './goal.css'
import { useLang } from '@/i18n'

/** How a target or a unit stands, the worst first. */
export const LIGHTS = ['behind', 'no_data', 'undecided', 'no_forecast', 'on_pace', 'reached', 'later', 'in_words'] as const
export type LightName = (typeof LIGHTS)[number]

/** Full circle, rising, falling, half circle, diamond: shape alone tells them apart. */
function Shape({ light }: { light: LightName }) {
  const ring = { cx: 6, cy: 6, r: 4.6, fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 }
  return (
    <svg width="10" height="10" viewBox="0 0 12 12" aria-hidden="true">
      {light === 'reached' && <circle cx="6" cy="6" r="5.5" fill="currentColor" />}
      {light === 'on_pace' && <path d="M1 10.5 11 10.5 11 1.5z" fill="currentColor" />}
      {light === 'behind' && <path d="M1 1.5 11 1.5 6 10.5z" fill="currentColor" />}
      {light === 'no_data' && (
        <>
          <circle {...ring} />
          <path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z" fill="currentColor" />
        </>
      )}
      {light === 'undecided' && <path d="M6 1.2 10.8 6 6 10.8 1.2 6z" fill="none" stroke="currentColor" strokeWidth="1.8" />}
      {light === 'no_forecast' && <circle {...ring} />}
      {(light === 'later' || light === 'in_words') && <circle {...ring} strokeDasharray="1.8 1.5" />}
    </svg>
  )
}

export function LightChip({ light }: { light: LightName }) {
  const { d } = useLang()
  return (
    <span className={`light light-${light}`}>
      <Shape light={light} />
      {d.target.light[light]}
    </span>
  )
}
