import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useKept } from '@/features/session/kept'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, NoRight } from '@/pattern/state/states'
import { describe, edit, read, useProject } from './api'
import { bodyOf, differing, draftOf, EMPTY, type Draft, type Project } from './model'
import { ProjectForm } from './ProjectForm'
import { Theirs } from './Theirs'

/** An organisation's project to write: a new one, or one that it has. */
export default function WritePage() {
  const { id = '' } = useParams()
  const active = useSession().active
  const own = active?.role === 'org_manager' || active?.role === 'org_member'
  if (!own) return <NoRight />
  return id === '' ? <New org={active.org?.code ?? ''} /> : <Existing id={id} />
}

function New({ org }: { org: string }) {
  const { d } = useLang()
  const w = d.project
  const go = useNavigate()
  const kept = useKept<Draft>('project.new')
  const [draft, setDraft] = useState(() => kept.read() ?? EMPTY)
  const send = useWrite(describe(org), (made) => {
    kept.forget()
    void go(`/projects/${made.id}`)
  })
  function type(next: Draft) {
    setDraft(next)
    kept.write(next)
  }
  return (
    <>
      <PageHead title={w.describe} crumbs={<Link to="/projects">{w.title}</Link>} sentence={w.noneHint} />
      <ProjectForm draft={draft} label={w.describe} error={send.error} pending={send.isPending} onChange={type} onReset={send.reset} onSubmit={() => send.mutate(bodyOf(draft))} />
    </>
  )
}

function Existing({ id }: { id: string }) {
  const { d } = useLang()
  const w = d.project
  return (
    <Loaded query={useProject(id)} lines={8}>
      {(p) => (
        <>
          <PageHead title={`${w.edit} ${p.number}`} crumbs={<Link to={`/projects/${p.id}`}>{p.file.name}</Link>} sentence={w.editHint} />
          <Edit key={p.id} project={p} />
        </>
      )}
    </Loaded>
  )
}

/** What was typed, and the revision that it was typed over. */
interface Typed {
  draft: Draft
  revision: number
}

/** Somebody else may have saved meanwhile: then nothing is written before this person has seen what. */
function Edit({ project: p }: { project: Project }) {
  const { d } = useLang()
  const w = d.project
  const go = useNavigate()
  const kept = useKept<Typed>(`project.${p.id}`)
  const [typed, setTyped] = useState<Typed>(() => kept.read() ?? { draft: draftOf(p.file), revision: p.revision })
  const [theirs, setTheirs] = useState<Project | null>(null)
  const send = useWrite(
    async (t: Typed, key: string) => {
      try {
        return await edit(p.id)({ ...bodyOf(t.draft), revision: t.revision }, key)
      } catch (error) {
        if (Problem.from(error).code === 'conflict') {
          const now = await read(p.id)
          if (now.revision !== t.revision) setTheirs(now)
        }
        throw error
      }
    },
    () => {
      kept.forget()
      void go(`/projects/${p.id}`)
    },
  )
  function type(next: Typed) {
    setTyped(next)
    kept.write(next)
  }
  /** Goes on from what the other one saved, with these words. */
  function choose(draft: Draft, revision: number) {
    send.reset()
    setTheirs(null)
    type({ draft, revision })
  }
  const drop = () => {
    kept.forget()
    void go(`/projects/${p.id}`)
  }
  return (
    <ProjectForm
      draft={typed.draft}
      project={p}
      label={w.save}
      error={theirs ? null : send.error}
      pending={send.isPending || theirs !== null}
      onChange={(draft) => type({ ...typed, draft })}
      onReset={send.reset}
      onSubmit={() => send.mutate(typed)}
      aside={<Button onClick={drop}>{w.drop}</Button>}
      notice={
        theirs &&
        (differing(typed.draft, draftOf(theirs.file)).length === 0 ? (
          <Empty title={w.sameText} next={<Link to={`/projects/${p.id}`}>{p.number}</Link>} />
        ) : (
          <Theirs project={theirs} fields={differing(typed.draft, draftOf(theirs.file))} onMine={() => choose(typed.draft, theirs.revision)} onTheirs={() => choose(draftOf(theirs.file), theirs.revision)} />
        ))
      }
    />
  )
}
