import { expect, it } from 'vitest'
import { marks } from './marks'
import type { Parameter } from './model'

const figure = (mark: number, phrase: string | null) => ({ mark, phrase }) as Parameter
const read = (text: string, ...figures: Parameter[]) => marks(text, figures).map((p) => (p.figure ? `[${p.text}|${p.figure.mark}]` : p.text))

it('marks each phrase once, in the order of the text', () => {
  expect(read('按成本的30%补助，最高500万元。', figure(2, '500万元'), figure(1, '30%'))).toEqual(['按成本的', '[30%|1]', '补助，最高', '[500万元|2]', '。'])
})
it('loses no character, whatever overlaps or is not there', () => {
  for (const figures of [[figure(1, '最高500'), figure(2, '500万元')], [figure(1, '没有')], [figure(1, null)], []]) {
    expect(marks('最高500万元。', figures).map((p) => p.text).join('')).toBe('最高500万元。')
  }
})
