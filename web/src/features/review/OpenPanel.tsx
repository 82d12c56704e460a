import { Button, Checkbox, InputNumber, Select } from 'antd'
import { useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useMeasures } from '@/features/policy/api'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { openPanel, useCandidates, type Rules } from './api'
import { FieldSelect } from './ExpertsPage'

interface Want {
  field: string
  count: number
}

/** Puts cases before a panel that is yet to be drawn. */
export function OpenPanel({ rules, thisYear }: { rules: Rules; thisYear: number }) {
  const { d, say } = useLang()
  const w = d.review
  const id = useId()
  const navigate = useNavigate()
  const measures = useMeasures()
  const [name, setName] = useState('')
  const [measure, setMeasure] = useState('')
  const [year, setYear] = useState(thisYear)
  const [cases, setCases] = useState<string[]>([])
  const [wants, setWants] = useState<Want[]>([{ field: 'technology', count: 3 }])
  const [blind, setBlind] = useState(true)
  const send = useWrite(openPanel, (panel) => void navigate(`/panels/${panel.id}`))
  const problem = send.error ? Problem.from(send.error) : null
  const candidates = useCandidates(measure, year)
  const members = wants.reduce((n, one) => n + one.count, 0)
  const sheets = rules.sheets.flatMap((s) => s.measures)
  return (
    <Card title={w.newPanel} note={w.newPanelNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ name: name.trim(), measure, year, cases, wants, blind })
        }}
      >
        <TextField name="panel" label={w.panelName} value={name} onChange={setName} error={problem?.of('name')} />
        <div className="field">
          <label htmlFor={`${id}-measure`}>{w.measure}</label>
          <Select id={`${id}-measure`} className="full" value={measure || null} onChange={(m) => { setMeasure(m ?? ''); setCases([]) }} options={sheets.map((m) => ({ value: m, label: say(measures.data?.find((one) => one.id === m)?.name) || m }))} />
        </div>
        <div className="field">
          <label htmlFor={`${id}-year`}>{w.year}</label>
          <InputNumber id={`${id}-year`} min={2000} max={2200} value={year} onChange={(y) => { setYear(y ?? year); setCases([]) }} />
        </div>
        {measure && (
          <fieldset className="past">
            <legend>{w.chooseCases}</legend>
            <Loaded query={candidates}>
              {(list) =>
                list.length === 0 ? (
                  <p className="note">{w.noCandidates}</p>
                ) : (
                  <Checkbox.Group className="case-list" value={cases} onChange={(chosen) => setCases(chosen)} options={list.map((c) => ({ value: c.id, disabled: c.panel !== '', label: `${c.number} ${c.org_name} ${c.panel ? fill(w.inPanel, { name: c.panel }) : ''}` }))} />
                )
              }
            </Loaded>
          </fieldset>
        )}
        <fieldset className="past">
          <legend>
            {w.wants} <span className="note">{w.wantsNote}</span>
          </legend>
          {wants.map((want, i) => (
            <div key={i} className="want-row">
              <FieldSelect value={want.field} onChange={(field) => setWants((all) => all.map((one, k) => (k === i ? { ...one, field } : one)))} />
              <InputNumber aria-label={w.count} min={1} max={20} value={want.count} onChange={(count) => setWants((all) => all.map((one, k) => (k === i ? { ...one, count: count ?? 1 } : one)))} />
              {wants.length > 1 && (
                <Button size="small" onClick={() => setWants((all) => all.filter((_, k) => k !== i))}>
                  {w.remove}
                </Button>
              )}
            </div>
          ))}
          <Button size="small" onClick={() => setWants((all) => [...all, { field: rules.fields.find((f) => !all.some((one) => one.field === f.id))?.id ?? '', count: 1 }])}>
            {w.addWant}
          </Button>
        </fieldset>
        <Checkbox checked={blind} onChange={(e) => setBlind(e.target.checked)}>
          {w.blindBox}
        </Checkbox>
        {send.error && <ErrorPanel error={send.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={send.isPending || !name.trim() || cases.length === 0 || members < rules.least_scores}>
            {w.openGo}
          </Button>
        </div>
      </form>
    </Card>
  )
}
