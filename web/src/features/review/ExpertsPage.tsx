import './review.css'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useExperts, useRules, type Expert } from './api'
import { Crumbs } from './Crumbs'
import { ExpertForm } from './ExpertForm'

/** The pool of experts: who is qualified in what, and whom they work and worked for. */
export default function ExpertsPage() {
  const { d } = useLang()
  const w = d.review
  const office = useSession().active?.role === 'office'
  const [q] = useFilter('q')
  const [field, setField] = useFilter('field')
  const [open, setOpen] = useState<Expert | null>(null)
  const list = useExperts({ q, field })
  const rules = useRules()
  return (
    <>
      <PageHead title={w.experts} crumbs={<Crumbs />} sentence={list.data && <Say text={w.expertsSentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <div className={office ? 'columns' : ''}>
        <Card
          title={w.experts}
          extra={
            <>
              <SearchFilter name="q" label={w.find} />
              <FieldSelect value={field} onChange={setField} any />
            </>
          }
          flush
        >
          <Paged query={list} empty={<Empty title={w.expertsNone} />}>
            {(rows) => <Rows rows={rows} open={open} onOpen={office ? setOpen : null} />}
          </Paged>
        </Card>
        {office && rules.data && <ExpertForm key={open ? `${open.id}.${open.revision}` : ''} expert={open} rules={rules.data} onDone={() => setOpen(null)} />}
      </div>
    </>
  )
}

function Rows({ rows, open, onOpen }: { rows: Expert[]; open: Expert | null; onOpen: ((e: Expert) => void) | null }) {
  const { d } = useLang()
  const w = d.review
  const fieldName = useFieldName()
  const columns: Column<Expert>[] = [
    {
      key: 'name',
      title: w.name,
      main: true,
      render: (e) => (
        <>
          <b>{e.name}</b> {!e.active && <span className="chip chip-lacking">{w.inactive}</span>}
        </>
      ),
    },
    { key: 'fields', title: w.field, render: (e) => e.fields.map(fieldName).join(d.app.listComma) },
    {
      key: 'employer',
      title: w.employer,
      render: (e) => (
        <>
          {e.employer.name}
          {e.past.map((p) => (
            <div key={p.name + p.from} className="note">
              {p.name} <span className="num">{`${p.from}–${p.to}`}</span>
            </div>
          ))}
        </>
      ),
    },
  ]
  if (onOpen) columns.push({ key: 'edit', title: '', render: (e) => <Button size="small" onClick={() => onOpen(e)} aria-label={`${w.edit} ${e.name}`}>{w.edit}</Button> })
  return <DataTable caption={w.experts} rows={rows} rowKey={(e) => e.id} selected={(e) => e.id === open?.id} columns={columns} />
}

/** A field's name in the reader's language. */
export function useFieldName(): (id: string) => string {
  const { say } = useLang()
  const rules = useRules()
  return (id) => say(rules.data?.fields.find((f) => f.id === id)?.name) || id
}

export function FieldSelect({ value, onChange, any = false, id }: { value: string; onChange: (field: string) => void; any?: boolean; id?: string }) {
  const { d, say } = useLang()
  const rules = useRules()
  const fields = rules.data?.fields.map((f) => ({ value: f.id, label: say(f.name) })) ?? []
  return <Select {...(id ? { id } : {})} size={any ? 'small' : 'middle'} className={any ? 'filter-measure' : 'full'} showSearch optionFilterProp="label" aria-label={d.review.field} value={value} onChange={onChange} options={any ? [{ value: '', label: d.review.anyField }, ...fields] : fields} />
}
