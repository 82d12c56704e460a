import { Select } from 'antd'
import { useState } from 'react'
import { fill, useLang } from '@/i18n'
import { TileMap } from '@/pattern/chart/TileMap'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { areasIn, mapped, nowhere, rootOf, type Area } from './model'

/** Where the accepted scenes are: a map of tiles, and beside it the same in a table. */
export function AreaCard({ areas }: { areas: Area[] }) {
  const { d, say } = useLang()
  const [chosen, choose] = useState('')
  const root = rootOf(areas)
  const parent = areas.find((a) => a.code === chosen) ?? root
  if (!parent) return null
  const inside = areasIn(areas, parent.code)
  const maps = mapped(areas)
  const lost = nowhere(areas, parent)
  return (
    <Card
      title={d.target.where}
      note={d.target.whereNote}
      extra={<Select size="small" aria-label={d.target.whereIn} value={parent.code} onChange={choose} options={maps.map((a) => ({ value: a.code, label: say(a.name) }))} />}
    >
      <div className="area-columns">
        <TileMap
          label={fill(d.target.map, { name: say(parent.name) })}
          tiles={inside.flatMap((a) => (a.tile.length === 2 ? [{ code: a.code, name: say(a.name), at: [a.tile[0] ?? 0, a.tile[1] ?? 0] as [number, number], value: a.scenes }] : []))}
          onSelect={(code) => maps.some((a) => a.code === code) && choose(code)}
        />
        <DataTable
          compact
          caption={fill(d.target.map, { name: say(parent.name) })}
          rows={inside}
          rowKey={(a) => a.code}
          columns={[
            { key: 'name', title: d.target.place, main: true, render: (a) => (maps.some((m) => m.code === a.code) ? <button type="button" className="link-button" onClick={() => choose(a.code)}>{say(a.name)}</button> : say(a.name)) },
            { key: 'n', title: d.target.sceneCount, number: true, render: (a) => a.scenes ?? <span className="lacking">{d.target.unknown}</span> },
          ]}
        />
      </div>
      {lost > 0 && <p className="note">{fill(d.target.nowhere, { n: lost })}</p>}
    </Card>
  )
}
