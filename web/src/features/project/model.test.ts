import { expect, it } from 'vitest'
import { bodyOf, differing, draftOf, EMPTY, noAmount, readable, withLine, type Draft, type Line, type Project } from './model'

const file: Project['file'] = {
  name: '大模型二期',
  summary: '',
  industry: 'health',
  stage: 'growth',
  place: '520100',
  instruments: ['equity'],
  sought_fen: '500000001',
  costs: [{ id: 'x', name: '数据', use: 'data', amount_fen: '900000000', invoice: '' }],
  papers: [],
}

const LINE: Line = { id: 'c1', name: '算力', use: 'compute', yuan: '', invoice: '' }

it('gives back the file that it was made of, to the fen', () => {
  expect(bodyOf(draftOf(file))).toEqual(file)
})

it('names new lines apart from all that stand, whatever they are called', () => {
  const ids = (...given: string[]) => withLine(given.map((id) => ({ ...LINE, id }))).map((line) => line.id)
  expect(ids()).toEqual(['c1'])
  expect(ids('c1', 'c7', 'x')).toEqual(['c1', 'c7', 'x', 'c8'])
})

it('finds where two windows differ, and not where an amount is only spelt otherwise', () => {
  const mine: Draft = { ...draftOf(file), yuan: '5,000,000.01', summary: '更快' }
  expect(differing(mine, draftOf(file))).toEqual(['summary'])
  expect(differing(mine, draftOf({ ...file, summary: '更快', costs: [] }))).toEqual(['costs'])
})

it('holds back what cannot be read as an amount; an empty one the server refuses', () => {
  expect([noAmount('x'), noAmount('1.005'), noAmount(' '), noAmount('1')]).toEqual([true, true, false, false])
  expect(readable({ ...draftOf(file), lines: [{ ...LINE, yuan: '一百' }] })).toBe(false)
  expect(bodyOf(EMPTY).sought_fen).toBe('0')
})
