import { useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { OrganisationBox } from '@/features/party/OrganisationBox'
import { fill, Say, useLang } from '@/i18n'
import { ActForm, Field, Words } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Facts } from '@/pattern/layout/Facts'
import { useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { listProject, unlistProject, useKeyLists, type KeyList, type Listing } from './api'

/** The yearly key lists (年度重点任务清单): who put a project there, and who took it off. */
export default function KeyListsPage() {
  const { d } = useLang()
  const w = d.keylist
  const [year] = useFilter('year')
  const lists = useKeyLists(Number(year) || 0)
  const listed = lists.data?.flatMap((l) => l.lines).filter((l) => !l.removed).length ?? 0
  return (
    <>
      <PageHead title={w.title} crumbs={<Link to="/targets">{d.nav.targets}</Link>} sentence={lists.data && <Say text={w.sentence} parts={{ n: <b>{listed}</b> }} />} />
      <Loaded query={lists} lines={6}>
        {(all) => (all.length === 0 ? <Empty title={w.none} /> : all.map((l) => <One key={l.id} list={l} />))}
      </Loaded>
    </>
  )
}

function One({ list: l }: { list: KeyList }) {
  const { d, say } = useLang()
  const w = d.keylist
  const office = useSession().active?.role === 'office'
  return (
    <div className="columns">
      <Card title={say(l.name)} note={fill(d.target.yearOf, { year: l.year })} flush>
        {l.lines.length === 0 ? <Empty title={w.noLines} /> : <Lines lines={l.lines} removes={office} />}
      </Card>
      <div className="stack">
        <Card title={d.target.about}>
          <Facts
            items={[
              [w.clause, <ClauseRef key="c" clause={l.clause} />],
              [w.opens, <span key="m" className="mono">{l.measure}</span>],
              [w.lead, l.lead.map((u) => say(u.name)).join(d.app.listComma)],
            ]}
          />
        </Card>
        {office && <Add list={l} />}
      </div>
    </div>
  )
}

function Lines({ lines, removes }: { lines: Listing[]; removes: boolean }) {
  const { d, lang } = useLang()
  const w = d.keylist
  return (
    <DataTable
      caption={w.lines}
      rows={lines}
      rowKey={(l) => l.id}
      columns={[
        {
          key: 'project',
          title: w.project,
          main: true,
          render: (l) => (
            <>
              <span className={l.removed ? 'row-name struck' : 'row-name'}>{l.project}</span>
              <div className="note mono">{l.org}</div>
              <div className="note">{fill(w.listed, { name: l.by, at: stampTime(l.at, lang), note: l.reason })}</div>
              {l.removed && <div className="note">{fill(w.removed, { name: l.removed.by, at: stampTime(l.removed.at, lang), note: l.removed.note })}</div>}
              {removes && !l.removed && <Remove listing={l} />}
            </>
          ),
        },
        { key: 'state', title: d.application.stateTitle, render: (l) => <span className={`chip ${l.removed ? '' : 'chip-eligible'}`}>{l.removed ? w.off : w.on}</span> },
        { key: 'fact', title: w.fact, render: (l) => <Link to={`/evidence/facts/${encodeURIComponent(l.fact)}`} className="mono break">{l.fact}</Link> },
      ]}
    />
  )
}

function Remove({ listing }: { listing: Listing }) {
  const { d } = useLang()
  const w = d.keylist
  const [open, setOpen] = useState(false)
  const [note, setNote] = useState('')
  const send = useWrite(unlistProject(listing.id))
  if (!open)
    return (
      <button type="button" className="link-button" aria-label={`${w.remove} ${listing.project}`} onClick={() => setOpen(true)}>
        {w.remove}
      </button>
    )
  return (
    <ActForm label={w.remove} danger error={send.error} pending={send.isPending} ready={note.trim() !== ''} onSubmit={() => send.mutate(note.trim())}>
      <Words label={w.removeWhy} value={note} onChange={setNote} rows={2} />
    </ActForm>
  )
}

function Add({ list: l }: { list: KeyList }) {
  const { d } = useLang()
  const w = d.keylist
  const fresh = { project: '', org: '', reason: '' }
  const [typed, setTyped] = useState(fresh)
  const set = (part: Partial<typeof fresh>) => setTyped({ ...typed, ...part })
  const send = useWrite(listProject(l.id, l.year), () => setTyped(fresh))
  return (
    <Card title={w.add} note={w.addNote}>
      <ActForm label={w.add} error={send.error} pending={send.isPending} ready={Object.values(typed).every((v) => v.trim() !== '')} onSubmit={() => send.mutate({ project: typed.project.trim(), org: typed.org.trim(), reason: typed.reason.trim() })}>
        <Field label={w.project} value={typed.project} onChange={(project) => set({ project })} />
        <OrganisationBox value={typed.org} onChange={(org) => set({ org })} />
        <Words label={w.reason} value={typed.reason} onChange={(reason) => set({ reason })} />
      </ActForm>
    </Card>
  )
}
