import './policy.css'
import { Input } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { tableDate } from '@/calendar/date'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { useDocuments, useSearch } from './api'
import { Asked } from './Asked'
import type { DocumentRow } from './model'
import { StatusChip } from './StatusChip'

/** Documents with status and validity, and a search that takes two characters or a question. */
export default function LibraryPage() {
  const { d } = useLang()
  const documents = useDocuments()
  const [params, setParams] = useSearchParams()
  const q = params.get('q') ?? ''
  const inForce = documents.data?.filter((x) => x.status === 'in_force').length ?? 0
  return (
    <>
      <PageHead
        title={d.policy.title}
        sentence={documents.data && <Say text={d.policy.sentence} parts={{ n: <b>{documents.data.length}</b>, force: <b>{inForce}</b>, draft: <b>{documents.data.length - inForce}</b> }} />}
        actions={
          <Link to="/policy/questions" className="policy-more">
            {d.policy.questionsLink}
          </Link>
        }
      />
      <div className="stack">
        <Input.Search
          className="policy-search"
          allowClear
          defaultValue={q}
          placeholder={d.policy.searchHint}
          aria-label={d.policy.searchHint}
          onSearch={(value) => setParams(value.trim() ? { q: value.trim() } : {}, { replace: true })}
        />
        {q && <Hits q={q} />}
        <Card title={d.policy.documents} flush>
          <Loaded query={documents} lines={5}>
            {(rows) => <Documents rows={rows} />}
          </Loaded>
        </Card>
      </div>
    </>
  )
}

/** Clauses that have every word; where none has, what the documents say to a question put so. */
export function Hits({ q }: { q: string }) {
  const { d, say } = useLang()
  const hits = useSearch(q)
  return (
    <Card title={d.policy.hits} note={`“${q}”`} flush>
      <Loaded query={hits}>
        {(rows) =>
          rows.length === 0 ? (
            <Asked q={q} />
          ) : (
            <ul className="hits">
              {rows.map((hit) => (
                <li key={hit.key}>
                  <ClauseRef clause={hit.clause} /> <b>{say(hit.title)}</b>
                  <p className="soft">{say(hit.snippet)}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

function Documents({ rows }: { rows: DocumentRow[] }) {
  const { d, lang, say } = useLang()
  return (
    <DataTable
      caption={d.policy.documents}
      rows={rows}
      rowKey={(r) => r.id}
      columns={[
        {
          key: 'title',
          title: d.policy.document,
          main: true,
          render: (r) => (
            <>
              <Link to={`/policy/documents/${r.id}`} className="song document-title">
                {say(r.title)}
              </Link>
              <div className="note">{[say(r.level), say(r.short)].filter(Boolean).join(' · ')}</div>
            </>
          ),
        },
        { key: 'status', title: d.application.stateTitle, render: (r) => <StatusChip status={r.status} /> },
        { key: 'valid', title: d.policy.valid, render: (r) => <span className="num">{validity(r, lang, d.policy.noEnd)}</span> },
        { key: 'rules', title: d.policy.rules, number: true, render: (r) => r.rules },
        {
          key: 'questions',
          title: d.policy.open,
          render: (r) => (
            <span className="question-ids">
              {r.questions.map((id) => (
                <Link key={id} to={`/policy/questions#${id}`} className="hold">
                  {id}
                </Link>
              ))}
            </span>
          ),
        },
      ]}
    />
  )
}

function validity(row: DocumentRow, lang: 'zh' | 'en', noEnd: string): string {
  if (!row.from && !row.to) return row.issued ? tableDate(row.issued, lang) : '—'
  return `${tableDate(row.from ?? row.issued, lang)} ${lang === 'zh' ? '～' : '–'} ${row.to ? tableDate(row.to, lang) : noEnd}`
}
