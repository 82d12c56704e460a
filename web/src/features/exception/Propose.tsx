import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { OrganisationBox } from '@/features/party/OrganisationBox'
import { useMeasures } from '@/features/policy/api'
import { fill, useLang } from '@/i18n'
import { parseYuan } from '@/money/fen'
import { ActForm, Choice, Field, Words } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { propose, upload, type Exception, type Paper } from './api'

const named = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }))

const EMPTY = { org: '', kind: 'major_project' as Exception['kind'], departure: 'amount' as Exception['departure'], measure: '', matter: '', yuan: '', reason: '' }

/** Proposes an exception; two other people decide on it. */
export function Propose() {
  const { d, say } = useLang()
  const w = d.exception
  const go = useNavigate()
  const measures = useMeasures()
  const [form, setForm] = useState(EMPTY)
  const [papers, setPapers] = useState<Paper[]>([])
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }))
  const send = useWrite(propose, (made) => void go(`/exceptions/${made.id}`))
  const amount = parseYuan(form.yuan)
  const free = form.departure === 'no_measure'
  const payable = (measures.data ?? []).filter((m) => m.rule_type === 'payable')
  return (
    <Card title={w.propose} note={w.proposeHint}>
      <ActForm
        label={w.propose}
        error={send.error}
        pending={send.isPending}
        ready={form.org.length === 18 && amount !== null && form.reason.trim() !== '' && papers.length > 0 && (free ? form.matter.trim() !== '' : form.measure !== '')}
        onSubmit={() =>
          send.mutate({
            org: form.org, kind: form.kind, departure: form.departure, matter: form.matter.trim(), amount_fen: amount ?? '0', reason: form.reason.trim(), papers, ...(free ? {} : { measure: form.measure }),
          })
        }
      >
        <OrganisationBox value={form.org} onChange={(org) => set({ org })} />
        <Choice label={w.kindLabel} value={form.kind} onChange={(kind) => set({ kind: kind as Exception['kind'] })} options={named(w.kind)} />
        <Choice label={w.departs} value={form.departure} onChange={(departure) => set({ departure: departure as Exception['departure'] })} options={named(w.departure)} />
        {!free && <Choice label={w.measure} value={form.measure} onChange={(measure) => set({ measure })} options={payable.map((m) => ({ value: m.id, label: `${m.id} ${say(m.name)}` }))} />}
        <Field label={w.matter} value={form.matter} onChange={(matter) => set({ matter })} />
        <Field label={w.yuan} value={form.yuan} onChange={(yuan) => set({ yuan })} />
        <Words label={w.reason} value={form.reason} onChange={(reason) => set({ reason })} />
        <Papers papers={papers} onAdd={(paper) => setPapers((all) => [...all.filter((p) => p.sha256 !== paper.sha256), paper])} />
      </ActForm>
    </Card>
  )
}

function Papers({ papers, onAdd }: { papers: Paper[]; onAdd: (paper: Paper) => void }) {
  const { d } = useLang()
  const w = d.exception
  const input = useRef<HTMLInputElement>(null)
  const send = useWrite(upload, onAdd)
  return (
    <div className="field">
      <input
        ref={input}
        type="file"
        hidden
        aria-label={w.upload}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) send.mutate(file)
          event.target.value = ''
        }}
      />
      {papers.length > 0 && <p className="note break">{papers.map((p) => p.name).join(d.app.listComma)}</p>}
      <div>
        <Button disabled={send.isPending} onClick={() => input.current?.click()}>
          {send.isPending ? fill(d.application.uploading, { name: send.variables.name }) : w.upload}
        </Button>
      </div>
      {send.error && <ErrorPanel error={send.error} />}
    </div>
  )
}
