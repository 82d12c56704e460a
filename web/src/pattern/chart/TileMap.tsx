import './map.css'
import { fill, useLang } from '@/i18n'

export interface Tile {
  code: string
  name: string
  /** Half tiles from the left, rows from the top. */
  at: [number, number]
  /** Null when nobody told: unknown, which is not zero. */
  value: number | null
}

const SIZE = 62
const STEP = SIZE / 2 + 2
const SHADES = ['#E8EEF6', '#CFDBEA', '#A9BCD8', '#6F8FC0', '#24457F']

/** A map of equal tiles after rough position: no borders, so no border is wrong. The table beside it is for keyboard and screen reader. */
export function TileMap({ tiles, selected, onSelect, label }: { tiles: Tile[]; selected?: string; onSelect?: (code: string) => void; label: string }) {
  const { d } = useLang()
  const most = Math.max(1, ...tiles.map((t) => t.value ?? 0))
  const columns = Math.max(...tiles.map((t) => t.at[0]), 0) + 2
  const rows = Math.max(...tiles.map((t) => t.at[1]), 0) + 1
  return (
    <svg className="tile-map" viewBox={`0 0 ${columns * STEP} ${rows * (SIZE + 4)}`} role="img" aria-label={label}>
      {tiles.map((t) => {
        const shade = t.value === null ? -1 : Math.min(4, Math.floor((Math.sqrt(t.value) / Math.sqrt(most)) * 4.999))
        return (
          <g key={t.code} transform={`translate(${t.at[0] * STEP} ${t.at[1] * (SIZE + 4)})`} className={`tile${t.code === selected ? ' tile-selected' : ''}${onSelect ? ' tile-open' : ''}`} onClick={() => onSelect?.(t.code)}>
            <title>{`${t.name} ${t.value === null ? d.target.unknown : fill(d.target.scenes, { n: t.value })}`}</title>
            <rect width={SIZE} height={SIZE} rx="3" fill={shade < 0 ? '#FFFFFF' : SHADES[shade]} strokeDasharray={shade < 0 ? '3 3' : undefined} className={shade < 0 ? 'tile-unknown' : ''} />
            <text x={SIZE / 2} y={26} className={`${shade >= 3 ? 'tile-light' : ''}${t.name.length > 9 ? ' tile-long' : ''}`}>
              {t.name}
            </text>
            <text x={SIZE / 2} y={46} className={`tile-value${shade >= 3 ? ' tile-light' : ''}`}>
              {t.value ?? '?'}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
