// SPDX-License-Identifier: BSD-3-Clause
// Measures ITK as bench_read does libamos: usage: bench_itk ROUNDS IMAGE LABEL
//
// NiftiImageIO into fresh memory, without the pipeline around it: the least that a program which uses ITK pays. Prints
// "work<TAB>milliseconds" of the processor; the first round is left out.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <itkNiftiImageIO.h>

static double read_whole(const char *path)
{
    const std::clock_t start = std::clock();
    auto io = itk::NiftiImageIO::New();
    io->SetFileName(path);
    io->ReadImageInformation();
    itk::ImageIORegion region(io->GetNumberOfDimensions());
    for (unsigned i = 0; i < io->GetNumberOfDimensions(); i++)
        region.SetSize(i, io->GetDimensions(i));
    io->SetIORegion(region);
    std::unique_ptr<char[]> voxels(new char[io->GetImageSizeInBytes()]);
    io->Read(voxels.get());
    return 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    for (int round = 0; round <= std::atoi(argv[1]); round++) {
        double image = read_whole(argv[2]), label = read_whole(argv[3]);
        if (round)
            std::printf("itk stored\t%.6f\nlabel itk\t%.6f\n", image, label);
    }
    return 0;
}
