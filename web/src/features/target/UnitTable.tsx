import { Button } from 'antd'
import { useState } from 'react'
import { fill, useLang } from '@/i18n'
import { DataTable } from '@/pattern/layout/DataTable'
import { LIGHTS, LightChip } from '@/pattern/goal/LightChip'
import { leading, type Unit } from './model'

const FIRST = 8

/** Units that lead something, the worst light first. */
export function UnitTable({ units, onOpen }: { units: Unit[]; onOpen: (unit: string) => void }) {
  const { d, say } = useLang()
  const [all, setAll] = useState(false)
  const rows = leading(units)
  return (
    <>
      <DataTable
        caption={d.target.units}
        rows={all ? rows : rows.slice(0, FIRST)}
        rowKey={(u) => u.id}
        columns={[
          {
            key: 'name',
            title: d.target.unit,
            main: true,
            render: (u) => (
              <button type="button" className="link-button row-name" onClick={() => onOpen(u.id)}>
                {say(u.name)}
              </button>
            ),
          },
          { key: 'light', title: d.target.worst, render: (u) => { const light = LIGHTS.find((l) => l === u.light); return light ? <LightChip light={light} /> : <span className="faint">—</span> } },
          { key: 'why', title: d.target.why, render: (u) => <span className="note">{because(u)}</span> },
          { key: 'leads', title: d.target.leads, number: true, render: (u) => u.leads },
          { key: 'done', title: d.target.taskState.done, number: true, render: (u) => u.done },
          { key: 'silent', title: d.target.taskState.unreported, number: true, render: (u) => (u.silent > 0 ? <b className="lacking">{u.silent}</b> : 0) },
          { key: 'overdue', title: d.target.taskState.overdue, number: true, render: (u) => (u.overdue > 0 ? <b className="bad">{u.overdue}</b> : 0) },
        ]}
      />
      {!all && rows.length > FIRST && (
        <div className="card-body">
          <Button size="small" onClick={() => setAll(true)}>
            {fill(d.target.restUnits, { n: rows.length - FIRST })}
          </Button>
        </div>
      )}
    </>
  )

  function because(u: Unit): string {
    const goals = u.targets.filter((t) => t.light === u.light).map((t) => say(t.name))
    const late = u.overdue > 0 ? [fill(d.target.overdueThings, { n: u.overdue })] : []
    return [...late, ...goals].slice(0, 3).join(d.app.listComma)
  }
}
